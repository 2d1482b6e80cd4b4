"""The builder: notebooks and assignments from lessons/src. It needs the packages of ``mikit[dev]``."""
