"""HiGHS in a process and an environment of its own (it needs numpy, which the register's environments keep out).

One model a line on standard input, as JSON, and one answer a line on standard output. Run as a script; it imports
nothing of ours.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

TIME_LIMIT_S = 60.0


def solved(model: dict[str, Any]) -> dict[str, Any]:
    """The optimum of an integer model with its bound, and how long `run` alone took."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", TIME_LIMIT_S)
    # Amounts are whole minor units: nothing less than the exact optimum will do.
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.5)
    worth, most = model["worth"], model["most"]
    for value, upper in zip(worth, most, strict=True):
        highs.addCol(value, 0, upper, 0, [], [])
    for column in range(len(worth)):
        highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
    for row in model["rows"]:
        highs.addRow(-highspy.kHighsInf, row["most"], len(row["columns"]), row["columns"], row["times"])
    highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
    began = time.perf_counter()
    highs.run()
    took = time.perf_counter() - began
    info = highs.getInfo()
    return {
        "optimal": highs.getModelStatus()
        in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty),
        "objective": info.objective_function_value,
        "solve_s": took,
    }


def main() -> None:
    """Answer until nobody asks any more."""
    for line in sys.stdin:
        print(json.dumps(solved(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
