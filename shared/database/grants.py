"""What the application's own role may do on PostgreSQL, where another role owns the tables and migrates.

The audit is only ever added to, and who migrated what is none of its business. A trigger refuses the
same to the owner; these grants refuse it to a role that could not even remove the trigger.
"""

from collections.abc import Iterable

from shared.audit.records import AuditRecord, AuditSeal, AuditSubject

ADDED_TO = frozenset(
    {AuditRecord.__tablename__, AuditSeal.__tablename__, AuditSubject.__tablename__},
)
READ = frozenset({"shared_version", "service_version"})


def grants(role: str, tables: Iterable[str]) -> list[str]:
    """The statements that let `role` do what the application does with these tables, and no more."""
    to = f'to "{role}"'
    statements = [f"grant usage on schema public {to}", f"grant usage on all sequences in schema public {to}"]
    return statements + [f'grant {", ".join(rights(table))} on "{table}" {to}' for table in tables]


def rights(table: str) -> tuple[str, ...]:
    """What the application does with a table."""
    if table in READ:
        return ("select",)
    return ("select", "insert") if table in ADDED_TO else ("select", "insert", "update", "delete")
