"""Lesson 07: texts that no arrow was made from. Each pair says the same in two manners. Written for mikit."""

from __future__ import annotations

FORMAL_CASUAL: tuple[tuple[str, str], ...] = (
    (
        "I am writing to inform you that the parcel has not yet arrived.",
        "Hey, just so you know, the parcel still isn't here.",
    ),
    (
        "We kindly ask all guests to remove their shoes before entering the hall.",
        "Come on in, guys, but please take your shoes off first, ok?",
    ),
    (
        "I would appreciate your advice regarding the choice of a bicycle.",
        "Any idea what kind of bike I should get? Thanks a lot!",
    ),
    (
        "The concert will commence at eight o'clock and will conclude at ten.",
        "The gig kicks off at eight, and it'll be over by ten or so.",
    ),
    (
        "Please accept our apologies for the late arrival of the train.",
        "Sorry, guys, looks like the train's gonna be a bit late!",
    ),
    (
        "It is requested that the windows be closed at the end of the day.",
        "Don't forget to shut the windows when you're done, ok?",
    ),
    (
        "We are pleased to confirm that your table has been reserved for seven o'clock.",
        "Great news, we've got you a table for seven, see you then!",
    ),
    (
        "Members are advised that the swimming pool will be unavailable until further notice.",
        "Heads up, everyone, the pool's out of order and we don't know how long it'll take.",
    ),
    (
        "I regret that I shall be unable to attend the rehearsal this evening.",
        "Sorry, can't make it to practice tonight, got a ton of stuff to do!",
    ),
    (
        "Should you require assistance with the form, please do not hesitate to contact the office.",
        "If the form's giving you trouble, just give us a shout, it's no big deal.",
    ),
    (
        "The undersigned wishes to express his gratitude for the excellent soup.",
        "Wow, that soup was awesome, thanks so much!",
    ),
    (
        "You are cordially invited to the opening of the exhibition on the first of May.",
        "Wanna come see our show? It's on May first and it's gonna be cool.",
    ),
)
"""Formal, casual."""

CHEERFUL_GLUM: tuple[tuple[str, str], ...] = (
    (
        "The cake was rich and sweet, and the children asked for more.",
        "The cake was dry and bland, and the children left most of it.",
    ),
    (
        "We sat on the sunny terrace and enjoyed the lovely view.",
        "We sat in the chilly hallway and waited out the dull afternoon.",
    ),
    (
        "It is a beautiful day, and the market is full of colour.",
        "It is a dismal day, and the market is nearly empty.",
    ),
    (
        "The room was freshly painted and felt light and welcoming.",
        "The room was badly painted and felt dark and stuffy.",
    ),
)
"""Cheerful, glum."""

_LETTERS = (
    "accordance advised appreciate apologies assistance cordially commence concerning confirm enclosed furthermore"
    " gratitude hereby hesitate inform kindly notice notwithstanding obligation opportunity permitted pleased pursuant"
    " regarding regret requested require residents respectfully shall should sincerely therefore undersigned upon"
    " whereas would"
)
FORMAL_WORDS = tuple(_LETTERS.split())
"""Words of notices and letters. A check looks among these for the ones that a learner's score likes most."""
