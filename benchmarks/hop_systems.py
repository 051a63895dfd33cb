"""One chain of pass-through nodes on one system: prints the CPU seconds that it took. Run by bench_hop.py.

    python hop_systems.py SYSTEM NODES PACKETS

Every system moves the same packet, 20 ms of 16 kHz PCM (640 bytes), from a producer through NODES nodes to a consumer
that counts. What each import is needed for is inside its function, so that a system runs where only it is installed.
"""

import sys
import time
from itertools import pairwise
from pathlib import Path

PAYLOAD = bytes(640)
CAPACITY = 8


def dragoman(nodes: int, packets: int) -> float:
    """Bounded, counted, cancellable edges; checked ports; run reports on."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import anyio

    from benchmarks.hop_nodes import Flood, Pass, Sink
    from pipeline.graph import Graph
    from pipeline.scheduler import start
    from pipeline.spec import EdgeSpec

    members = {"source": Flood(count=packets), **{f"n{i}": Pass() for i in range(nodes)}, "sink": Sink()}
    order = ["source.audio", *(f"n{i}.sound" for i in range(nodes))]
    wires = {f"n{i}.audio": EdgeSpec(order[i], CAPACITY) for i in range(nodes)}
    graph = Graph.of(members, wires | {"sink.audio": EdgeSpec(order[-1], CAPACITY)})

    async def run() -> float:
        async with start(graph) as running:
            began = time.process_time()
            await running.wait()
            spent = time.process_time() - began
            assert running.node("sink").count == packets
            return spent

    return anyio.run(run)


def asyncio_queue(nodes: int, packets: int) -> float:
    """asyncio.Queue and a task a node: no ports, no counts, no times; the floor for tasks."""
    import asyncio

    async def run() -> float:
        queues = [asyncio.Queue(CAPACITY) for _ in range(nodes + 1)]

        async def source() -> None:
            for _ in range(packets):
                await queues[0].put(PAYLOAD)
            await queues[0].put(None)

        async def node(index: int) -> None:
            while (item := await queues[index].get()) is not None:
                await queues[index + 1].put(item)
            await queues[index + 1].put(None)

        async def sink() -> int:
            count = 0
            while await queues[-1].get() is not None:
                count += 1
            return count

        began = time.process_time()
        results = await asyncio.gather(source(), *(node(i) for i in range(nodes)), sink())
        assert results[-1] == packets
        return time.process_time() - began

    return asyncio.run(run())


def anyio_stream(nodes: int, packets: int) -> float:
    """anyio memory object streams and a task a node."""
    import anyio

    async def run() -> float:
        streams = [anyio.create_memory_object_stream(CAPACITY) for _ in range(nodes + 1)]
        count = 0

        async def source() -> None:
            async with streams[0][0] as send:
                for _ in range(packets):
                    await send.send(PAYLOAD)

        async def node(index: int) -> None:
            async with streams[index][1] as receive, streams[index + 1][0] as send:
                async for item in receive:
                    await send.send(item)

        async def sink() -> None:
            nonlocal count
            async with streams[-1][1] as receive:
                async for _ in receive:
                    count += 1

        began = time.process_time()
        async with anyio.create_task_group() as group:
            for task in (source, sink, *(lambda i=i: node(i) for i in range(nodes))):
                group.start_soon(task)
        assert count == packets
        return time.process_time() - began

    return anyio.run(run)


def pipecat(nodes: int, packets: int) -> float:
    """pipecat-ai: a Pipeline of FrameProcessors that push on what they get."""
    import asyncio

    from loguru import logger

    logger.remove()
    from pipecat.frames.frames import EndFrame, InputAudioRawFrame
    from pipecat.pipeline.pipeline import Pipeline
    from pipecat.pipeline.worker import PipelineParams
    from pipecat.pipeline.worker import PipelineWorker as Worker
    from pipecat.processors.frame_processor import FrameProcessor
    from pipecat.workers.runner import WorkerRunner

    class Pass(FrameProcessor):
        async def process_frame(self, frame, direction):
            await super().process_frame(frame, direction)
            await self.push_frame(frame, direction)

    class Sink(FrameProcessor):
        count = 0
        ended = 0.0

        async def process_frame(self, frame, direction):
            await super().process_frame(frame, direction)
            if isinstance(frame, InputAudioRawFrame):
                self.count += 1
                self.ended = time.process_time()
            else:
                await self.push_frame(frame, direction)

    async def run() -> float:
        sink = Sink()
        pipeline = Pipeline([*(Pass() for _ in range(nodes)), sink])
        worker = Worker(pipeline, params=PipelineParams(enable_metrics=False))
        frames = [
            InputAudioRawFrame(audio=PAYLOAD, sample_rate=16000, num_channels=1) for _ in range(packets)
        ]
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        began = time.process_time()
        await worker.queue_frames([*frames, EndFrame()])
        await runner.run()
        assert sink.count == packets
        return sink.ended - began

    return asyncio.run(run())


def ezmsg(nodes: int, packets: int) -> float:
    """ezmsg: units of one process, publisher and subscriber streams."""
    import ezmsg.core as ez

    class Source(ez.Unit):
        OUT = ez.OutputStream(bytes)

        @ez.publisher(OUT)
        async def produce(self):
            for _ in range(packets):
                yield self.OUT, PAYLOAD

    class Pass(ez.Unit):
        IN = ez.InputStream(bytes)
        OUT = ez.OutputStream(bytes)

        @ez.subscriber(IN, zero_copy=True)
        @ez.publisher(OUT)
        async def relay(self, message):
            yield self.OUT, message

    class Sink(ez.Unit):
        IN = ez.InputStream(bytes)

        async def initialize(self):
            self.count = 0
            self.began = 0.0

        @ez.subscriber(IN)
        async def take(self, _message):
            self.count += 1
            if self.count == 1:
                self.began = time.process_time()
            if self.count == packets:
                print(time.process_time() - self.began, flush=True)  # the only way out of its process
                raise ez.NormalTermination

    units = {"SOURCE": Source(), **{f"N{i}": Pass() for i in range(nodes)}, "SINK": Sink()}
    chain = list(units.values())
    links = [(a.OUT, b.IN) for a, b in pairwise(chain)]
    ez.run(components=units, connections=links)
    return -1.0


SYSTEMS = {
    "dragoman": dragoman,
    "asyncio.Queue": asyncio_queue,
    "anyio stream": anyio_stream,
    "pipecat-ai": pipecat,
    "ezmsg": ezmsg,
}

if __name__ == "__main__":
    spent = SYSTEMS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
    if spent >= 0:
        print(spent)
