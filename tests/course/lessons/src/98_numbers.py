# %% [markdown] label="title" tags=["workshop"]
# # Numbers
#
# A lesson for the tests of the course.

# %% label="parameters" tags=["parameters", "workshop"]
pace = "full"

# %% label="open" tags=["workshop"]
import mikit

lesson = mikit.course.open("98", pace=pace)
number = int(lesson.context.draw("E1").integers(10, 1000))

# %% label="predict-diagonal" tags=["predict"]
mikit.course.predict("98.P2")

# %% label="reveal-diagonal" tags=["predict"]
mikit.course.reveal("98.P2")

# %% [markdown] label="double-text"
# Double your number.

# %% label="double" tags=["exercise"]
### BEGIN SOLUTION
helper = number  # said twice
answer = helper + number
### END SOLUTION

# %% label="check-double" tags=["check"]
mikit.course.check("98.E1", answer)


# %% label="square" tags=["exercise", "workshop"]
### BEGIN SOLUTION
def square(x):
    """The square of x."""
    return x * x


### END SOLUTION

# %% label="check-square" tags=["check", "workshop"]
mikit.course.check("98.E2", square)

# %% label="use"
print(mikit.course.given("98.E1"), mikit.course.given("98.E2")(3))
