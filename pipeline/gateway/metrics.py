"""What Prometheus is told. One registry a gateway, so that two in one process do not mix."""

from __future__ import annotations

from typing import Any

from pipeline.errors import need

LAG_S = (0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10, 20)


class Metrics:
    """Counters and gauges; names and meanings are the strings here. Raises `PackageError` without prometheus_client."""

    def __init__(self) -> None:
        try:
            import prometheus_client as prometheus
        except ImportError:
            raise need("prometheus_client", "serve", "the gateway") from None
        self._prometheus = prometheus
        self._registry = prometheus.CollectorRegistry()
        counter, gauge = self._of(prometheus.Counter), self._of(prometheus.Gauge)
        self.opened = counter("dragoman_sessions_opened", "Sessions opened", ["dialect"])
        self.refused = counter("dragoman_sessions_refused", "Sessions not admitted", ["reason"])
        self.resumed = counter("dragoman_sessions_resumed", "Clients that came back to their session")
        self.failed = counter("dragoman_graphs_failed", "Graphs that broke while they served")
        self.heard = counter("dragoman_heard_seconds", "Sound taken from clients, seconds")
        self.pictures = counter("dragoman_pictures", "Pictures taken, and whether a graph looked", ["seen"])
        self.turns = counter("dragoman_turns", "Turns told")
        self.events_in = counter("dragoman_events_in", "Events of clients")
        self.events_out = counter("dragoman_events_out", "Events for clients")
        self.errors = counter("dragoman_errors", "Events `error` sent", ["code"])
        self.dropped_audio = counter("dragoman_audio_dropped", "Audio deltas dropped for slow readers")
        self.connected = gauge("dragoman_sessions_connected", "Sessions with a client")
        self.detached = gauge(
            "dragoman_sessions_detached", "Sessions whose client vanished and may come back"
        )
        self.active = gauge("dragoman_sessions_active", "Sessions with a graph that runs")
        self.busy = gauge("dragoman_busy_ratio", "CPU of this process, as a share of its cores")
        lag = "From the arrival of the end of what was said to its translation, seconds"
        self.lag = self._of(prometheus.Histogram)("dragoman_lag_seconds", lag, buckets=LAG_S)

    def _of(self, kind: Any) -> Any:
        def make(name: str, about: str, labels: list[str] | None = None, **options: Any) -> Any:
            return kind(name, about, labels or [], registry=self._registry, **options)

        return make

    def text(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        found: bytes = self._prometheus.generate_latest(self._registry)
        return found

    @property
    def content_type(self) -> str:
        return str(self._prometheus.CONTENT_TYPE_LATEST)
