"""What is read aloud to a man before he agrees: our own words, short, in the languages of the programme.

They are in his language, whatever the reader's is, and so stand here and not among the pages' texts. With
any change of meaning `WORDING` gets a new value: a consent keeps the one that he heard.
"""

from collections.abc import Mapping

from services.registry.domain.codes import Purpose

WORDING = "2026-1"
LANGUAGES = ("nl", "fr", "en")

_FREE: Mapping[str, str] = {
    "nl": (
        "U hoeft dit niet te doen. Zegt u nee, dan bent u hier net zo welkom. "
        "U mag altijd van gedachten veranderen. Zeg het tegen een van ons, dan stopt het meteen."
    ),
    "fr": (
        "Vous n'êtes pas obligé. Si vous dites non, vous êtes tout aussi bienvenu ici. "
        "Vous pouvez toujours changer d'avis. Dites-le à l'un de nous, et cela s'arrête aussitôt."
    ),
    "en": (
        "You do not have to do this. If you say no, you are just as welcome here. "
        "You can always change your mind. Tell one of us, and it stops at once."
    ),
}
_QUESTION: Mapping[str, str] = {
    "nl": "Vindt u dit goed?",
    "fr": "Êtes-vous d'accord ?",
    "en": "Do you agree?",
}

_TEXTS: Mapping[Purpose, Mapping[str, tuple[str, ...]]] = {
    Purpose.REFERRAL: {
        "nl": (
            "Wij willen {organisation} vragen om u te helpen.",
            "Daarvoor vertellen wij hun uw naam, hoe zij u kunnen bereiken, welke taal u spreekt, en waarom "
            "u hulp zoekt. Voordat wij iets sturen, laten wij u precies zien wat het is.",
            "Zij laten ons weten of zij u kunnen helpen, op welke dag u een afspraak heeft, en hoe het is "
            "afgelopen. Wat u met hen bespreekt, horen wij niet.",
        ),
        "fr": (
            "Nous voulons demander à {organisation} de vous aider.",
            "Pour cela, nous leur disons votre nom, comment vous joindre, quelle langue vous parlez, et "
            "pourquoi vous cherchez de l'aide. Avant d'envoyer quoi que ce soit, nous vous montrons "
            "exactement ce que c'est.",
            "Ils nous disent s'ils peuvent vous aider, quel jour vous avez un rendez-vous, et comment cela "
            "s'est terminé. Ce que vous leur dites, nous ne le saurons pas.",
        ),
        "en": (
            "We would like to ask {organisation} to help you.",
            "For that we tell them your name, how they can reach you, which language you speak, and why you "
            "are looking for help. Before we send anything, we show you exactly what it is.",
            "They tell us whether they can help you, on which day you have an appointment, and how it "
            "ended. What you talk about with them, we do not hear.",
        ),
    },
    Purpose.MENTORING: {
        "nl": (
            "Een mentor kan u helpen om werk te vinden.",
            "De mentor krijgt uw naam te horen en hoe hij u kan bereiken. Hij schrijft op wat u samen "
            "afspreekt, wat u al kunt, en welk werk u vindt.",
            "Hij ziet ook of u nog op hulp wacht die het werken moeilijk kan maken: wat voor hulp, en meer "
            "niet.",
        ),
        "fr": (
            "Un mentor peut vous aider à trouver du travail.",
            "Le mentor apprend votre nom et comment vous joindre. Il note ce dont vous convenez ensemble, ce "
            "que vous savez déjà faire, et le travail que vous trouvez.",
            "Il voit aussi si vous attendez encore une aide sans laquelle travailler est difficile : quel "
            "genre d'aide, rien de plus.",
        ),
        "en": (
            "A mentor can help you to find work.",
            "The mentor is told your name and how to reach you. He writes down what you agree on together, "
            "what you can do already, and the work that you find.",
            "He also sees whether you still wait for help that may make working hard: what kind of help, "
            "no more.",
        ),
    },
    Purpose.HEALTH_MEASUREMENT: {
        "nl": (
            "Wij willen graag weten of het goed gaat met uw gezondheid.",
            "Daarom meten wij uw lengte, uw gewicht en uw bloeddruk, en stellen wij u een paar vragen. Later "
            "doen wij dat nog een keer. Wij schrijven op wat wij meten.",
            "Wij zijn geen dokters. Is er iets waar u zich zorgen over maakt, ga dan naar uw huisarts.",
        ),
        "fr": (
            "Nous aimerions savoir si votre santé va bien.",
            "C'est pourquoi nous mesurons votre taille, votre poids et votre tension, et vous posons "
            "quelques questions. Plus tard, nous le faisons encore une fois. Nous notons ce que nous "
            "mesurons.",
            "Nous ne sommes pas médecins. Si quelque chose vous inquiète, allez voir votre médecin.",
        ),
        "en": (
            "We would like to know whether your health is all right.",
            "So we measure your height, your weight and your blood pressure, and ask you a few questions. "
            "Later we do it once more. We write down what we measure.",
            "We are no doctors. If something worries you, go and see your own doctor.",
        ),
    },
    Purpose.EVALUATION: {
        "nl": (
            "Wij willen leren of dit programma mannen echt helpt.",
            "Daarvoor gebruiken wij wat wij over u hebben opgeschreven, zonder uw naam: of u hier kwam, of u "
            "hulp kreeg, of u werk vond. Onderzoekers rekenen daarmee.",
        ),
        "fr": (
            "Nous voulons savoir si ce programme aide vraiment les hommes.",
            "Pour cela, nous utilisons ce que nous avons noté sur vous, sans votre nom : si vous êtes venu, "
            "si vous avez reçu de l'aide, si vous avez trouvé du travail. Des chercheurs s'en servent pour "
            "calculer.",
        ),
        "en": (
            "We want to learn whether this programme really helps men.",
            "For that we use what we wrote down about you, without your name: whether you came here, whether "
            "you got help, whether you found work. Researchers count with it.",
        ),
    },
}


def read_aloud(purpose: Purpose, language: str, organisation: str = "") -> list[str]:
    """The sentences to read to him, the question last. Raises `KeyError` for a language that we have not."""
    text = [part.replace("{organisation}", organisation) for part in _TEXTS[purpose][language]]
    return [*text, _FREE[language], _QUESTION[language]]


def language_for(spoken: list[str]) -> str | None:
    """The first of his languages that there is a text in."""
    return next((one for one in spoken if one in LANGUAGES), None)
