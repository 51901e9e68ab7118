// Live progress of an order: listens to the server's events, and shows the result when it is there.
interface Progress { state: string; done: number; whole: number; ahead: number }

const box = document.querySelector<HTMLElement>("[data-events]");
if (box) {
  const bar = box.querySelector("progress"), told = box.querySelector<HTMLElement>("[data-told]");
  const source = new EventSource(box.dataset.events ?? "");
  source.onmessage = (message: MessageEvent<string>) => {
    const now = JSON.parse(message.data) as Progress;
    if (now.state !== "waiting" && now.state !== "running") {
      source.close();
      location.reload();
      return;
    }
    if (bar && now.whole) {
      bar.max = now.whole;
      bar.value = now.done;
    }
    if (told) {
      told.textContent = now.state === "waiting"
        ? (box.dataset.waiting ?? "").replace("{n}", String(now.ahead))
        : now.whole ? `${Math.floor(100 * now.done / now.whole)} %` : "";
    }
  };
}
