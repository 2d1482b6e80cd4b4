# %% [markdown] label="title"
# # Your own question
#
# The lessons asked their questions. Here you ask yours: of a model that you choose, with one experiment, one control,
# and one record that another person can run again. It takes about half an hour.
#
# Work from top to bottom. Every cell runs as it is, with an example question. Then change the cells marked **yours**
# and run them again.

# %% label="parameters" tags=["parameters", "hidden"]
pace = "full"

# %% [markdown] label="which"
# ## 1. Which model, and does it fit?
#
# `source` is a name of mikit's catalog, `"org/name"` on the Hugging Face hub, or a folder. Ask for the forecast first:
# it reads the model's description alone, a few kB, and fetches no weights.
#
# **Yours.** Good first steps from here: `"gpt2"`, `"EleutherAI/pythia-70m"`, `"Qwen/Qwen3-0.6B"`.

# %% label="forecast"
import mikit

source = "smollm2-135m"
print(mikit.forecast(source))

# %% [markdown] label="load-words"
# It does not fit? Take a smaller one. It fits? Then load it. mikit checks itself on each model: every line of the table
# should say True. An experiment that leans on a failed one will refuse to run.

# %% label="load"
model = mikit.load(source)
model.check()

# %% [markdown] label="pair-words"
# ## 2. The question, as two prompts
#
# A question about the inside of a model needs two prompts that differ in the one thing you ask about, and in nothing
# else. Here: *where does the model hold which city it was told?*
#
# Both prompts must have as many tokens as each other. `answer` is what the first calls for, `foil` what the second
# does, each one token with its leading space. **Yours.**

# %% label="pair"
pair = mikit.PromptPair(
    clean="Fact: The city of Dallas lies in the state of",
    corrupt="Fact: The city of Miami lies in the state of",
    answer=" Texas",
    foil=" Florida",
)
read = pair.read(model)
print([model.tokens(text).strings for text in (pair.clean, pair.corrupt)])

# %% [markdown] label="guess-words"
# ## 3. Write down what you expect
#
# Before you run it, and so that it could turn out wrong: at which token, and in which third of the layers, will putting
# one value back restore the first answer? **Yours.**

# %% label="guess"
expected = "at the city's own token in the early layers; at the last token in the late ones"

# %% [markdown] label="run-words"
# ## 4. One experiment
#
# The second prompt is run again and again. Each time one value of the stream is put back to what it was in the first
# prompt: at one layer and one token. How far does the answer move back? First what it will cost, then the run.

# %% label="estimate"
study = mikit.PatchSweep(model=model.ref, pairs=(pair,), site="resid_pre")
cost = study.estimate(model)
print(f"about {cost.seconds:.0f} s and {cost.bytes / 1e9:.2f} GB beyond the model")

# %% label="run"
result = mikit.run_study(study, model)
effects = result.grids["resid_pre"]
mikit.ActivationHeatmap(effects, layers_up=True)

# %% [markdown] label="control-words"
# ## 5. One control
#
# A large number means little alone. The study also holds 16 places drawn at random from the same map: what *any* place
# does. Read the two together.

# %% label="control"
original, changed = result.grids["baseline"].values.numpy()
strongest = effects.frame().nlargest(5, "value")
random = result.controls[0].grids["resid_pre"].frame()["value"]
print(f"answer less foil, in logits: {original:+.2f} in the first prompt, {changed:+.2f} in the second")
print(strongest.to_string(index=False))
print(f"{len(random)} places at random: mean {random.mean():+.2f}, largest {random.max():+.2f}")
print("you expected:", expected)

# %% [markdown] label="control-questions"
# - Is the strongest place far from what random places do?
# - Two things come out by construction. At the one token where the prompts differ, the first layers hold all of the
#   difference: there is nowhere else for it to be. At the last token, the last layers do: its value *is* the answer.
#   The news is what lies between: at which layer it moves, and past which other tokens.
# - Does it hold for a second pair in other words? `mikit.PatchSweep(pairs=(pair, other))` takes several.
# - Is the answer moved in the other direction, too? Try `direction="noise"`: it breaks the first prompt.

# %% [markdown] label="record-words"
# ## 6. One record
#
# The record holds the question, the numbers, the control, the weights' hash and this machine. Anybody can run it again:
# `mikit replay FILE`, or by clicks in [Check a claim](check_a_claim.ipynb).

# %% label="record"
path = mikit.Record.of([result], model).save("mikit-record-my-question.json")
deviation = mikit.Record.read(path).replay(model)
print(path, "within tolerance" if deviation.within else "NOT within tolerance", f"({deviation.largest:.3f} of it)")

# %% [markdown] label="limits"
# ## What this does not show
#
# - *Where* a difference between two prompts can be put back. Not *how* the model gets from it to the answer: for that,
#   lessons 07 to 09.
# - These two prompts. Not others that mean the same to you.
# - This model, these weights. Not its larger relatives.
#
# A claim that survives says all three in its own sentence.

# %% [markdown] label="names-values"
# ## The same things by other names
#
# You will read other people's code. Values inside a layer `L`, as mikit, TransformerLens 4 and nnsight name them
# (nnsight: in a Llama; each family has modules of its own):
#
# | mikit: `Site(name=..., layer=L)` | TransformerLens | nnsight, inside `with lm.trace(ids):` |
# |---|---|---|
# | `resid_pre` | `blocks.L.hook_resid_pre` | `lm.model.layers[L].input` |
# | `q` | `blocks.L.attn.hook_q` | `lm.model.layers[L].self_attn.q_proj.output` |
# | `k` | `blocks.L.attn.hook_k` | `lm.model.layers[L].self_attn.k_proj.output` |
# | `v` | `blocks.L.attn.hook_v` | `lm.model.layers[L].self_attn.v_proj.output` |
# | `pattern` | `blocks.L.attn.hook_pattern` | `lm.model.layers[L].self_attn.output[1]` |
# | `z` | `blocks.L.attn.hook_z` | `lm.model.layers[L].self_attn.o_proj.input` |
# | `attn_out` | `blocks.L.hook_attn_out` | `lm.model.layers[L].self_attn.output[0]` |
# | `resid_mid` | `blocks.L.hook_resid_mid` | `lm.model.layers[L].post_attention_layernorm.input` |
# | `mlp_in` | `blocks.L.ln2.hook_out` | `lm.model.layers[L].mlp.input` |
# | `mlp_post` | `blocks.L.mlp.hook_post` | `lm.model.layers[L].mlp.down_proj.input` |
# | `mlp_out` | `blocks.L.hook_mlp_out` | `lm.model.layers[L].mlp.output` |
# | `resid_post` | `blocks.L.hook_resid_post` | `lm.model.layers[L].output` |
# | `logits` | `unembed.hook_out` | `lm.output.logits` |
#
# nnsight gives `q`, `k`, `v` and `z` with all heads side by side; the other two give them apart. TransformerLens names
# values so after `enable_compatibility_mode()`, which also changes the weights unless it is told
# `no_processing=True`: then its numbers are those of mikit.

# %% [markdown] label="names-verbs"
# | to ... | mikit | TransformerLens | nnsight |
# |---|---|---|---|
# | open a model | `mikit.load(name)` | `TransformerBridge.boot_transformers(name)` | `TransformersModel(hf, ...)` |
# | make tokens | `model.tokens(text)` | `model.to_tokens(text)` | `lm.tokenizer(text)` |
# | read values | `capture(model, tokens, sites)` | `model.run_with_cache(tokens)` | `nnsight.save(value)` |
# | change a value | `run(model, tokens, [[Patch(...)]])` | `model.run_with_hooks(tokens, ...)` | `value[...] = other` |
# | add a direction | `Steer(site=..., direction=...)` | a hook that adds | `value[...] += arrow` |
# | patch everywhere | `PatchSweep` | `patching.get_act_patch_resid_pre` | a loop of traces |
# | read the stream as logits | `LogitLens` | `cache.logit_lens` | norm and unembedding by hand |
# | what each part adds to a logit | `DirectAttribution` | `cache.decompose_resid` | by hand |
# | write text | `SteerText` | `model.generate` | `lm.generate` |
