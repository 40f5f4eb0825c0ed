function (widget, kernel, address) {
  "use strict";
  // The page of a widget, see widget.go. It sends the values as comm messages to the kernel, over the WebSocket that the
  // Jupyter server offers for each kernel. So they go where all else goes, whatever lies between browser and server: a
  // base URL, a token or cookie, a hub's proxy, https.

  // connect returns the connection of this page to a kernel; all widgets of the kernel share it.
  function connect(kernel) {
    let config = {};
    try { config = JSON.parse(document.getElementById("jupyter-config-data").textContent); } catch {}
    const base = config.baseUrl || document.body.dataset.baseUrl;
    if (!base || !kernel) return null; // not a page of a Jupyter server
    const link = {socket: null, comm: null, open: null, failed: 0};
    const url = new URL(config.wsUrl || base, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.pathname = url.pathname.replace(/\/?$/, "/") + "api/kernels/" + kernel + "/channels";
    if (config.token) url.searchParams.set("token", config.token);
    const post = (type, content) => link.socket.send(JSON.stringify({
      header: {msg_id: unique(), msg_type: type, session: unique(), username: "", version: "5.3", date: new Date().toISOString()},
      parent_header: {}, metadata: {}, content, channel: "shell", buffers: [],
    }));
    // opened returns a promise of an open comm. The kernel knows one at a time, of whichever page opened it last.
    link.opened = () => link.open ??= new Promise(resolve => {
      const comm = unique();
      link.comm = comm;
      link.acknowledged = resolve;
      const ask = () => {
        if (link.comm !== comm) return resolve();
        if (link.acknowledged !== resolve || link.failed > 3) return; // the kernel is gone
        if (link.socket?.readyState === WebSocket.OPEN) {
          post("comm_open", {comm_id: comm, target_name: "gonb_comm", kernel_id: kernel, data: {}});
        } else if (link.socket?.readyState !== WebSocket.CONNECTING) {
          link.socket = new WebSocket(url);
          link.socket.onopen = () => { link.failed = 0; ask(); };
          link.socket.onmessage = receive;
          link.socket.onclose = () => { link.failed++; link.open = null; };
        }
        setTimeout(ask, 2000);
      };
      ask();
    });
    const receive = event => {
      if (typeof event.data !== "string" || !event.data.includes("#comm_open_ack")) return; // pictures are many and long
      const message = JSON.parse(event.data), content = message.content;
      if (message.header.msg_type !== "comm_msg" || content.data?.address !== "#comm_open_ack") return;
      if (content.comm_id === link.comm) {
        link.acknowledged?.();
        link.acknowledged = null;
      } else {
        link.open = null; // another page has opened one
      }
    };
    link.send = async (address, value) => {
      do await link.opened(); while (link.socket?.readyState !== WebSocket.OPEN); // again where the connection was lost
      post("comm_msg", {comm_id: link.comm, data: {address, value: JSON.stringify(value)}});
    };
    return link;
  }

  function unique() { return crypto.getRandomValues(new Uint32Array(4)).join("-"); }

  function start(root) {
    root.dataset.bound = "yes";
    const links = window.stylenetLinks ??= {page: unique(), number: Date.now()};
    const link = links[kernel] ??= connect(kernel);
    const status = root.querySelector("[data-link]");
    if (!link) {
      status.textContent = root.dataset.fallback;
      root.querySelectorAll("input, select, button").forEach(e => e.disabled = true);
      return;
    }
    Object.assign(link, {open: null, failed: 0}); // the kernel may be a new one
    let pending = {}, timer = null;
    const flush = press => {
      clearTimeout(timer);
      timer = null;
      const values = pending;
      pending = {};
      link.send(address, {page: links.page, number: ++links.number, values, press: press ?? ""});
    };
    const set = (name, value) => {
      pending[name] = value;
      timer ??= setTimeout(flush, 50);
    };
    root.querySelectorAll("[data-name]").forEach(e => bind(e, value => set(e.dataset.name, value)));
    root.querySelectorAll("[data-press]").forEach(e => e.addEventListener("click", () => flush(e.dataset.press)));
    root.addEventListener("keydown", event => event.stopPropagation());
    setTimeout(() => { if (status.textContent) status.textContent = root.dataset.fallback; }, 10000);
    link.opened().then(() => { status.textContent = ""; flush("hello"); });
  }

  function bind(element, set) {
    switch (element.dataset.kind) {
    case "slider": return bindSlider(element, set);
    case "upload": return bindUpload(element, set);
    case "brush": return bindBrush(element, set);
    case "toggle": return element.addEventListener("change", () => set(element.checked));
    case "number": return element.addEventListener("change", () => set(Number(element.value)));
    default: return element.addEventListener("change", () => set(element.value));
    }
  }

  // A slider has 1000 places from low to high, linear or logarithmic, rounded to three figures.
  function bindSlider(element, set) {
    const low = Number(element.dataset.low), high = Number(element.dataset.high), shown = element.nextElementSibling;
    element.addEventListener("input", () => {
      const share = element.value / 1000;
      let value = "logarithmic" in element.dataset ? low * Math.pow(high / low, share) : low + (high - low) * share;
      value = "integer" in element.dataset ? Math.round(value) : Number(value.toPrecision(3));
      value = Math.min(high, Math.max(low, value));
      shown.textContent = value;
      set(value);
    });
  }

  // A picture is drawn on a canvas first: that turns it upright, and makes it smaller where it is too large.
  function bindUpload(element, set) {
    const largest = 2048, shown = element.nextElementSibling;
    element.addEventListener("change", async () => {
      const file = element.files[0];
      if (!file) return;
      try {
        const picture = await createImageBitmap(file);
        const scale = Math.min(1, largest / Math.max(picture.width, picture.height));
        const canvas = document.createElement("canvas");
        canvas.width = Math.max(1, Math.round(picture.width * scale));
        canvas.height = Math.max(1, Math.round(picture.height * scale));
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        let url = file.type === "image/png" ? canvas.toDataURL("image/png") : "";
        if (!url || url.length > 6e6) url = canvas.toDataURL("image/jpeg", 0.95);
        shown.textContent = file.name + ", " + canvas.width + "x" + canvas.height;
        set(url);
      } catch {
        shown.textContent = file.name + " is not a picture that this browser can read";
      }
    });
  }

  // The mask is what is painted on the canvas, however strongly; it is sent at the end of every stroke.
  function bindBrush(element, set) {
    const canvas = element.querySelector("canvas"), context = canvas.getContext("2d");
    const tool = name => element.querySelector("[data-tool=" + name + "]");
    const send = () => set(canvas.toDataURL("image/png"));
    const before = new Image();
    before.onload = () => context.drawImage(before, 0, 0);
    if (element.dataset.mask) before.src = element.dataset.mask;
    const place = event => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    };
    let last = null;
    const stroke = event => {
      const at = place(event);
      context.globalCompositeOperation = tool("erase").checked ? "destination-out" : "source-over";
      context.lineWidth = tool("size").value;
      context.lineCap = "round";
      context.strokeStyle = "#ff8800";
      context.beginPath();
      context.moveTo(...last);
      context.lineTo(...at);
      context.stroke();
      last = at;
    };
    canvas.addEventListener("pointerdown", event => {
      event.preventDefault();
      event.stopPropagation();
      canvas.setPointerCapture(event.pointerId);
      last = place(event);
      stroke(event);
    });
    canvas.addEventListener("pointermove", event => { if (last) stroke(event); });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => { if (last) send(); last = null; });
    }
    tool("clear").addEventListener("click", () => {
      context.clearRect(0, 0, canvas.width, canvas.height);
      send();
    });
    tool("all").addEventListener("click", () => {
      context.globalCompositeOperation = "source-over";
      context.fillStyle = "#ff8800";
      context.fillRect(0, 0, canvas.width, canvas.height);
      send();
    });
  }

  document.querySelectorAll('[data-widget="' + widget + '"]').forEach(root => { if (!root.dataset.bound) start(root); });
}
