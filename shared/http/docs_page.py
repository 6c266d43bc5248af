"""A page that describes a service's API, made from its OpenAPI document; no script, no other origin."""

from typing import Any

from jinja2 import Environment

_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ api.info.title }}</title>
<style>
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2b2a}
h1{margin-bottom:0}h2{margin-top:2.5rem;border-bottom:2px solid #0b5d51;text-transform:capitalize}
code{font:0.9rem ui-monospace,monospace}
.verb{display:inline-block;min-width:4.5rem;font-weight:700;color:#0b5d51}
article{margin:1rem 0;padding:.75rem 1rem;border:1px solid #b9c7c4;border-radius:.4rem}
article p{margin:.25rem 0}.who{color:#495a57}
</style></head><body><main>
<h1>{{ api.info.title }}</h1>
<p>Version {{ api.info.version }}. The machine-readable description is
<a href="openapi.json">openapi.json</a> (OpenAPI {{ api.openapi }}).</p>
{% for tag, operations in groups %}
<section><h2>{{ tag }}</h2>
{% for verb, path, operation in operations %}
<article id="{{ operation.operationId }}">
<h3><code><span class="verb">{{ verb }}</span> {{ path }}</code></h3>
<p>{{ operation.summary }}</p><p class="who">{{ operation.description }}</p>
<p>Answers:{% for status in operation.responses %} <code>{{ status }}</code>{% endfor %}</p>
</article>
{% endfor %}
</section>
{% endfor %}
</main></body></html>
""")


def render(document: dict[str, Any]) -> str:
    """The page of an OpenAPI document."""
    groups: dict[str, list[tuple[str, str, Any]]] = {}
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append((verb.upper(), path, operation))
    return _PAGE.render(api=document, groups=groups.items())
