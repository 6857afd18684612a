"""Long work in one event loop, a little at a time."""

import asyncio


async def turn() -> None:
    """Let all others who are ready have their turn."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def come() -> None:
        if not future.done():  # whoever waits may be gone before his turn comes
            future.set_result(None)

    loop.call_soon(come)
    await future
