"""What the rounds of run.sh printed: medians, and ratios that are formed within a round."""
import json
import pathlib
import statistics


class Results:
    """Values by round, workload, peer and variant."""

    def __init__(self, folder):
        self._rounds = []
        self.units = {}
        for path in sorted(pathlib.Path(folder).glob("*.jsonl"), key=lambda p: int(p.stem)):
            values = {}
            for line in path.read_text().splitlines():
                entry = json.loads(line)
                values[entry["workload"], entry["peer"], entry["variant"]] = float(entry["value"])
                self.units[entry["workload"]] = entry["unit"]
            self._rounds.append(values)

    @property
    def rounds(self):
        return len(self._rounds)

    @property
    def keys(self):
        return list(dict.fromkeys(key for values in self._rounds for key in values))

    def variants(self, workload, peer):
        return [key[2] for key in self.keys if key[:2] == (workload, peer)]

    def values(self, key):
        return [values[key] for values in self._rounds if key in values]

    def median(self, *key):
        """The median over the rounds; None where nothing was measured."""
        values = self.values(key)
        return statistics.median(values) if values else None

    def ratio(self, over, under):
        """The median over the rounds of the ratio of two keys; None where one was not measured."""
        ratios = [values[over] / values[under] for values in self._rounds if over in values and under in values]
        return statistics.median(ratios) if ratios else None

    def to_list(self):
        return [
            {"workload": key[0], "peer": key[1], "variant": key[2], "unit": self.units[key[0]],
             "median": self.median(*key), "least": min(self.values(key)), "most": max(self.values(key)), "rounds": len(self.values(key))}
            for key in self.keys]
