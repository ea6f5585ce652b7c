"""A headless Chromium, driven through a pair of pipes: no driver, no port, no further package."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_READS, _WRITES = 3, 4  # file descriptors that --remote-debugging-pipe uses


class Browser:
    """One page of a browser; ``events`` are those that it told so far."""

    def __init__(self, profile: Path) -> None:
        assert PROGRAM is not None
        theirs, self._to = os.pipe()
        self._from, their_out = os.pipe()
        self._calls, self._buffer = 0, b""
        self.events: list[dict[str, Any]] = []

        def take_pipes() -> None:  # by way of high numbers, as one of them may be 3 or 4
            for number, place in ((theirs, 200), (their_out, 201), (200, _READS), (201, _WRITES)):
                os.dup2(number, place)

        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        self._process = subprocess.Popen(
            [PROGRAM, *flags, f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            preexec_fn=take_pipes,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(their_out)
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the DevTools protocol and return its result."""
        self._calls += 1
        message = {"id": self._calls, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == message["id"]:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def open(self, file: Path, width: int = 1280, height: int = 900) -> None:
        """Open a file and wait until it is loaded."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.call("Page.navigate", url=file.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def value(self, script: str) -> Any:
        """Return what a script evaluates to."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys: names such as Tab, or text, letter by letter."""
        for key in keys:
            for one in [key] if key in ("Tab", "Escape", "ArrowDown") else key:
                codes = {"Tab": 9, "Escape": 27, "ArrowDown": 40, " ": 32}
                code = codes.get(one, ord(one[0].upper()))
                text = {"text": one} if len(one) == 1 else {}
                for kind in ("keyDown", "keyUp"):
                    typed = text if kind == "keyDown" else {}
                    self.call("Input.dispatchKeyEvent", type=kind, key=one, windowsVirtualKeyCode=code, **typed)

    def screenshot(self, file: Path, whole: bool = False) -> None:
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(picture["data"]))

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._from, 1 << 20)
            assert chunk, "the browser is gone"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer


def complaints(page: Browser) -> list[Any]:
    """Return what the page complained of: errors, messages on the console, dialogues."""
    page.value("new Promise(done => setTimeout(done, 200))")
    named = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded", "Page.javascriptDialogOpening")
    return [event for event in page.events if event.get("method") in named]


def requests(page: Browser) -> list[str]:
    """Return the URLs that the page asked for, itself included."""
    urls = [e["params"]["request"]["url"] for e in page.events if e.get("method") == "Network.requestWillBeSent"]
    return [url for url in urls if not url.startswith("data:")]
