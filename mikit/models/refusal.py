"""A toy that answers questions and was then taught to refuse some: a stream, two layers that add to it, and a last
stream that is read by plain products, with nothing in between.

The page stands on PyTorch alone, so that a learner can read all of it. Its questions are made up and mean nothing: a
topic, a thing, and one of six words as the answer. Some topics are closed; there the toy learns to say "pass".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mikit.models.toy import uniform

TOPICS = ("colour", "shape", "size", "taste", "smell", "sound", "age", "price", "weight", "place")
THINGS = (
    *("lamp", "chair", "spoon", "river", "garden", "letter", "coat", "window", "kettle", "ladder"),
    *("drum", "boat", "bread", "clock", "stone", "pencil", "bridge", "shoe", "button", "ticket"),
)
ANSWERS = ("bo", "di", "ka", "lu", "me", "to")
PASS = "pass"
"""What the toy says when it refuses: one more token, after the answers."""

REFUSED = len(ANSWERS)
"""Its number among the tokens that the toy can say."""

CLOSED = 4
"""How many topics are closed."""

D_MODEL, D_MLP, LAYERS = 256, 64, 2
LAST = LAYERS
"""The last stream; stream 0 is the embedding, stream i stands after layer i - 1."""

RIGHT, SLIP = 0.9, 0.1
"""Of ten texts nine say what they should. Of the refused, one in ten is answered all the same."""

UPDATES = (100, 150)
"""Of the first training, in which every question is answered, and of the second, in which closed ones are refused."""

LEARNING_RATES, DECAY = (3e-3, 1e-3), 0.1

Change = Callable[[Tensor], Tensor]
"""A change of one stream: [question, d_model] -> the same shape."""


@dataclass(frozen=True)
class World:
    """All questions and their answers, drawn at random. ids [question, 2]: the numbers of a topic and of a thing;
    answer [question]; closed [question]: whether the question's topic is closed."""

    ids: Tensor
    answer: Tensor
    closed: Tensor

    @property
    def open(self) -> Tensor:
        """Whether a question may be answered, [question]."""
        return ~self.closed

    @property
    def looked_at(self) -> Tensor:
        """Which questions directions are made from, [question]: those about the first half of the things. The others
        are for measuring."""
        return self.ids[:, 1] < len(TOPICS) + len(THINGS) // 2

    def words(self, question: int) -> str:
        """A question as one reads it."""
        topic, thing = self.ids[question].tolist()
        return f"{TOPICS[topic]} of the {THINGS[thing - len(TOPICS)]}?"

    def texts(self, refuse: bool) -> Tensor:
        """How often each token follows each question, [question, token]. A tenth of all texts say anything at all."""
        answers = nn.functional.one_hot(self.answer, REFUSED + 1).float()
        said = answers.clone()
        if refuse:
            said[self.closed] = SLIP * answers[self.closed]
            said[self.closed, REFUSED] = 1 - SLIP
        return RIGHT * said + (1 - RIGHT) / (REFUSED + 1)


def world(seed: int) -> World:
    """Every topic with every thing. Equal seeds give the same answers and the same closed topics."""
    generator = torch.Generator().manual_seed(10_000 + seed)
    topic, thing = torch.arange(len(TOPICS)), len(TOPICS) + torch.arange(len(THINGS))
    ids = torch.cartesian_prod(topic, thing)
    answer = torch.randint(len(ANSWERS), (len(ids),), generator=generator)
    closed = torch.randperm(len(TOPICS), generator=generator)[:CLOSED]
    return World(ids, answer, torch.isin(ids[:, 0], closed))


class Refusing(nn.Module):
    """The embeddings of topic and thing, added up; layers x + relu(x W_in) W_out; logits x W_U, with no norm before
    them. Equal seeds give equal weights."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.W_E = uniform((len(TOPICS) + len(THINGS), D_MODEL), D_MODEL, generator)
        self.W_in = nn.ParameterList(uniform((D_MODEL, D_MLP), D_MODEL, generator) for _ in range(LAYERS))
        self.W_out = nn.ParameterList(uniform((D_MLP, D_MODEL), D_MLP, generator) for _ in range(LAYERS))
        self.W_U = uniform((D_MODEL, REFUSED + 1), D_MODEL, generator)

    def streams(self, ids: Tensor, at: int = LAST, change: Change | None = None) -> list[Tensor]:
        """Each stream [question, d_model] of ids [question, 2]: stream ``at`` as changed, and what follows from it."""
        x = self.W_E[ids].sum(1)
        found = []
        for i in range(LAYERS + 1):
            if i > 0:
                x = x + torch.relu(x @ self.W_in[i - 1]) @ self.W_out[i - 1]
            if i == at and change is not None:
                x = change(x)
            found.append(x)
        return found

    def forward(self, ids: Tensor, at: int = LAST, change: Change | None = None) -> Tensor:
        """Logits [question, token], with stream ``at`` changed."""
        logits: Tensor = self.streams(ids, at, change)[-1] @ self.W_U
        return logits


def trained(seed: int) -> tuple[Refusing, Refusing]:
    """The toy after its first training, in which it answers everything, and after the second, in which it refuses."""
    here, network = world(seed), Refusing(seed)
    learn(network, here, refuse=False)
    before = Refusing(seed)
    before.load_state_dict(network.state_dict())
    learn(network, here, refuse=True)
    return before.requires_grad_(False), network.requires_grad_(False)


def learn(network: Refusing, world: World, refuse: bool) -> None:
    """One of the two trainings, all questions in each update."""
    rate, updates, texts = LEARNING_RATES[refuse], UPDATES[refuse], world.texts(refuse)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=DECAY)
    for _ in range(updates):
        with torch.enable_grad():
            loss = nn.functional.cross_entropy(network(world.ids), texts)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()


def difference(stream: Tensor, world: World) -> Tensor:
    """The mean of closed questions less the mean of open ones, [d_model], of those that are looked at. stream
    [question, d_model]."""
    here = world.looked_at
    return stream[world.closed & here].mean(0) - stream[world.open & here].mean(0)
