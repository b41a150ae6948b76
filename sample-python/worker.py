"""A Temporal worker with nothing but the Python SDK, that reads what the charm puts into its environment."""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor

from temporalio.client import Client
from temporalio.worker import Worker

import activities
import settings
import workflows

logger = logging.getLogger("worker")


async def main() -> None:
    level = settings.text("TWC_LOG_LEVEL") or "info"
    logging.basicConfig(level=level.upper(), format="%(asctime)s [%(levelname)s] %(message)s")
    runtime = settings.runtime()
    client = await connect(runtime)
    worker = Worker(
        client,
        task_queue=settings.task_queue(),
        workflows=workflows.ALL,
        activities=activities.ALL,
        activity_executor=ThreadPoolExecutor(100),
        deployment_config=settings.deployment(),
        graceful_shutdown_timeout=settings.drain(),
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # What the charm sends with tls-rotation=signal: the certificate files are read again.
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(reload(worker, runtime)))
    async with worker:
        logger.info('worker listens on task queue "%s"', settings.task_queue())
        await stop.wait()
    logger.info("worker has drained")


async def connect(runtime) -> Client:
    return await Client.connect(**settings.connection(), runtime=runtime)


async def reload(worker: Worker, runtime) -> None:
    try:
        worker.client = await connect(runtime)
        logger.info("connection renewed")
    except Exception as error:
        logger.error("cannot renew the connection: %s", error)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except RuntimeError as error:
        raise SystemExit(f"error: {error}") from None
