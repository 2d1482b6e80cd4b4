"""Ordinary sentences for head scores: what a head does on a test made for it, and on these, can differ. Written for
mikit, public domain."""

ORDINARY = (
    (
        "The river was high that spring, and the old bridge shook when the carts went over it. Nobody in the village"
        " trusted the bridge, but the river left them no other way to the market."
    ),
    (
        "My aunt keeps bees behind the school. In the summer the bees drink from the pond, and in the winter my aunt"
        " feeds the bees sugar and water so that they live until the spring."
    ),
    (
        "To make the soup, cut two onions and fry the onions slowly. Add a litre of water, salt, and a handful of rice."
        " When the rice is soft, the soup is ready; eat the soup with bread."
    ),
    (
        "The committee met on Tuesday. The chair of the committee asked for the report, but the report had not been"
        " printed, so the committee agreed to meet again on Friday and read the report then."
    ),
    (
        "A clock has two hands. The short hand shows the hour and the long hand shows the minute. When the long hand"
        " points straight up, the short hand points exactly at the hour."
    ),
    (
        "Peter Marsh lost his keys in the station. A guard found the keys under a bench and called Peter Marsh, who"
        " came back by the next train to fetch the keys and thank the guard."
    ),
    (
        "Clouds form when warm air rises and cools. Cool air holds less water than warm air, so some of the water turns"
        " into small drops, and many small drops together are what we call clouds."
    ),
    (
        "She wrote the same letter three times. The first letter was too long, the second letter was too cold, and the"
        " third letter she burned before she wrote the first letter again."
    ),
)
