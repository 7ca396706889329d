// What ipywidgets does not do: names for sliders, tables that stay open, settings in the address.
"use strict";
(() => {
  const open = new Set();

  function nameSlider(box) {
    const label = box.querySelector(".widget-label");
    const words = label ? label.textContent.trim() : "";
    const arm = box.closest(".hs-arm-a") ? "Arm A: " : box.closest(".hs-arm-b") ? "Arm B: " : "";
    const handle = box.querySelector(".noUi-handle");
    const readout = box.querySelector(".widget-readout");
    if (handle) {
      handle.setAttribute("aria-label", arm + words);
      if (readout) handle.setAttribute("aria-valuetext", readout.textContent.trim());
      if (box.querySelector("[disabled]")) handle.setAttribute("aria-disabled", "true");
      else handle.removeAttribute("aria-disabled");
    }
    if (readout) {
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", arm + words + ", as a number");
    }
  }

  function nameField(box) {
    const label = box.querySelector(".widget-label");
    const field = box.querySelector("select, input[type=text]");
    if (!label || !field) return;
    const arm = box.closest(".hs-arm-a") ? "Arm A: " : box.closest(".hs-arm-b") ? "Arm B: " : "";
    const words = label.textContent.trim();
    field.setAttribute("aria-label", words.startsWith("Arm ") ? words : arm + words);
  }

  function mend() {
    document.querySelectorAll(".widget-slider").forEach(nameSlider);
    document.querySelectorAll(".widget-dropdown, .widget-text").forEach(nameField);
    document.querySelectorAll(".hs-panel details").forEach((one) => {
      if (open.has(one.dataset.name)) one.open = true;
    });
    const main = document.getElementById("main");
    if (main) main.setAttribute("role", "main");
    const said = document.querySelector(".hs-card");
    if (said) said.setAttribute("aria-live", "polite");
    const address = document.querySelector(".hs-address");
    if (address) {
      const query = "?" + address.dataset.query;
      if (query !== window.location.search) window.history.replaceState(null, "", query);
    }
  }

  document.addEventListener("toggle", (event) => {
    const name = event.target.dataset ? event.target.dataset.name : undefined;
    if (!name || !event.target.isConnected) return;
    if (event.target.open) open.add(name);
    else open.delete(name);
  }, true);

  // Without its kernel a page would only stand still: say so.
  const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  window.setInterval(async () => {
    let alive = false;
    try {
      alive = (await fetch(`${config.baseUrl}api/kernels/${config.kernelId}`)).ok;
    } catch { /* the server has gone */ }
    document.getElementById("hs-gone").hidden = alive;
  }, 5000);

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; mend(); });
  }).observe(document.body, { childList: true, subtree: true, characterData: true });

  window.voila_finish();
})();
