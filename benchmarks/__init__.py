"""Bars of the product as ratios measured in one run; `./run bench NAME --json` prints one JSON object last."""
