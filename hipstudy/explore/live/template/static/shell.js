// What must be there before the page's own parts: Voila's hooks, and the kernel's end.
"use strict";
(() => {
  window.voila_heartbeat = () => {};
  window.voila_process = () => {};
  window.voila_finish = () => {
    if (!window.themeLoaded) { // Voila calls again when its looks are loaded
      window.cellLoaded = true;
      return;
    }
    document.getElementById("loading")?.remove();
    document.getElementById("rendered_cells").style.display = "";
  };

  // From the first moment: a page that is closed while it loads must end its kernel too.
  window.addEventListener("pagehide", () => {
    const known = document.getElementById("jupyter-config-data");
    if (!known) return;
    const { baseUrl, kernelId } = JSON.parse(known.textContent);
    navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`);
  });
})();
