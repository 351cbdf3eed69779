"""Writes the page of metrics from the collector behind the server's ``/metrics``."""

from __future__ import annotations

from docs.generate.markdown import table
from jupyter_comm_broker.web.metrics import COLLECTOR


def parts() -> dict[str, str]:
    """Return the parts of the page that come from the code."""
    rows = []
    for metric in COLLECTOR.describe():
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        labels = {label: None for sample in metric.samples for label in sample.labels}
        values = {
            label: [each.labels[label] for each in metric.samples if label in each.labels]
            for label in labels
            if label != "le"
        }
        said = "; ".join(
            f"`{label}`: {', '.join(f'`{each}`' for each in found)}"
            for label, found in values.items()
        )
        rows.append((f"`{name}`", metric.type, said, metric.documentation))
    return {"metrics": table(("metric", "type", "labels", ""), rows)}
