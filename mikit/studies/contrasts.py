"""Contrasts that come with mikit: pairs of sentences that say the same in two manners, short prompts to try the
directions on, and words to score what is written by. The words are taken from how people write, not from what a steered
model wrote. Many also stand in the pairs, on their own side: 8 of 41 formal words and 12 of 38 casual ones, 11 of 43
cheerful ones and 16 of 44 glum ones. So a direction's own texts and its score are not independent. Written for mikit,
public domain. Toy topics on purpose: how formal a note is, how cheerful a room."""

from __future__ import annotations

from mikit.methods.scores import WordScore
from mikit.studies.directions import PairDirection
from mikit.studies.prompts import TextPrompt

FORMALITY = PairDirection(
    name="formality",
    plus=(
        "We would be grateful if you could let us know by Friday whether you are able to attend.",
        "We regret to inform you that the meeting has been postponed until next week.",
        "Please find enclosed the photographs of the garden that you requested.",
        "It would be a pleasure to welcome you to our home on Sunday afternoon.",
        "Kindly note that the library will remain closed on Monday owing to repairs.",
        "I should like to express my sincere thanks for your assistance with the move.",
        "Residents are requested to refrain from leaving bicycles in front of the entrance.",
        "We apologise for the delay; your order will be dispatched at the earliest opportunity.",
    ),
    minus=(
        "Hey, can you tell us by Friday if you're coming along or not?",
        "So sorry, but the meeting got pushed back to sometime next week.",
        "Here you go, these are the garden pics you wanted to see!",
        "Why don't you come over to our place on Sunday, it'll be fun.",
        "Just so you know, the library's shut on Monday, they're fixing stuff.",
        "Thanks so much for helping me out with the move, you're the best!",
        "Hey guys, please don't just leave your bikes in front of the door, ok?",
        "Oops, we're running a bit late, but your stuff's going out really soon!",
    ),
)
"""Plus is formal, minus casual."""

MOOD = PairDirection(
    name="mood",
    plus=(
        "The soup was hot and full of flavour, and everyone wanted another bowl.",
        "Sunlight came through the window and the whole room felt warm and bright.",
        "What a lovely morning: the sky is clear and the birds are singing.",
        "The bread came fresh out of the oven and smelled wonderful.",
        "At last it is spring again, and the garden is bright with flowers.",
        "The little café was cosy and lively, with music and a delicious cake.",
        "We had a picnic in the sunshine and laughed together all afternoon.",
        "The new curtains are yellow, and they make the kitchen a happy place.",
    ),
    minus=(
        "The soup was lukewarm and tasted of nothing, and nobody wanted another bowl.",
        "Grey light came through the window and the whole room felt cold and dull.",
        "What a dreary morning: the sky is dark and the drizzle is not stopping.",
        "The bread came stale out of the cupboard and smelled musty.",
        "Now it is November again, and the garden is brown with mud.",
        "The little café was draughty and drab, with silence and a dry cake.",
        "We had a picnic in the drizzle and complained together all afternoon.",
        "The old curtains are faded, and they make the kitchen a gloomy place.",
    ),
)
"""Plus is cheerful, minus glum."""

FORMALITY_PROMPTS = (
    TextPrompt(text="Hi, about the party on Saturday:"),
    TextPrompt(text="About the bike that I borrowed last week,"),
    TextPrompt(text="When you come to visit us in the spring,"),
    TextPrompt(text="The people next door asked me to"),
)

MOOD_PROMPTS = (
    TextPrompt(text="The soup today was"),
    TextPrompt(text="When we came into the room,"),
    TextPrompt(text="The weather this week has been"),
    TextPrompt(text="Our lunch at the new place was"),
)

FORMALITY_SCORE = WordScore(
    name="formal words",
    plus=(
        "shall", "upon", "regarding", "concerning", "therefore", "furthermore", "however", "thus", "hereby", "pursuant",
        "accordance", "respectively", "provide", "provided", "ensure", "require", "required", "request", "requested",
        "inform", "obtain", "receive", "assist", "assistance", "attend", "committee", "members", "residents",
        "establishment", "institution", "participation", "responsibility", "notice", "grateful", "sincerely",
        "respectfully", "kindly", "sir", "madam", "it is", "of the",
    ),
    minus=(
        "hey", "hi", "yeah", "ok", "okay", "oh", "wow", "cool", "awesome", "fun", "guy", "guys", "kids", "stuff",
        "thing", "things", "gonna", "wanna", "gotta", "pretty", "really", "just", "like", "lot", "get", "got", "!",
        "n't", "'m", "'re", "'ll", "'ve", "'d", "it's", "that's", "let's", "here's", "what's",
    ),
)  # fmt: skip
"""Words of letters and notices, less words and short forms of talk."""

MOOD_SCORE = WordScore(
    name="cheerful words",
    plus=(
        "happy", "cheerful", "bright", "warm", "sun", "sunny", "sunshine", "lovely", "delicious", "wonderful",
        "delightful", "beautiful", "fresh", "cosy", "cozy", "smile", "smiled", "laugh", "laughed", "joy", "joyful",
        "fun", "enjoy", "enjoyed", "pleasant", "great", "good", "perfect", "excited", "exciting", "colourful",
        "colorful", "love", "loved", "amazing", "fantastic", "favourite", "favorite", "friendly", "glad", "tasty",
        "vibrant", "lively",
    ),
    minus=(
        "gloomy", "glum", "dull", "dreary", "grey", "gray", "cold", "damp", "wet", "rain", "rainy", "dark", "bleak",
        "stale", "bland", "bitter", "dry", "empty", "boring", "bored", "tired", "dusty", "dirty", "faded", "drab",
        "musty", "lukewarm", "mud", "muddy", "drizzle", "draughty", "complained", "sighed", "awful", "terrible", "bad",
        "worse", "worst", "poor", "ugly", "unpleasant", "disappointing", "disappointed", "unfortunately",
    ),
)  # fmt: skip
"""Cheerful words of food, weather and rooms, less glum ones."""
