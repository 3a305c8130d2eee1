/* What makes the pages smoother. Nothing here is needed: each link and form works without it. */
(function () {
  "use strict";
  var GO_WAIT = 1200, BUSY_LIMIT = 8000;
  var one = function (css, from) { return (from || document).querySelector(css); };
  var all = function (css, from) { return Array.from((from || document).querySelectorAll(css)); };
  var seen = function (el) { return el && el.getClientRects().length > 0; };
  var firstSeen = function (css) { return all(css).find(seen); };

  /* ---- keys: / search, g then a letter, j and k rows, ? the list of keys, and the keys shown on buttons ---- */
  var goUntil = 0;
  var keysOff = function () { try { return localStorage.getItem("suki-keys") === "off"; } catch (e) { return false; } };
  var typing = function (el) { return el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName) || (el.tagName === "INPUT" && !/^(checkbox|radio|button|submit|file)$/.test(el.type)); };

  function moveRow(step) {
    var rows = all("[data-row]").filter(seen);
    if (!rows.length) return false;
    var here = document.activeElement.closest("tr, li");
    var at = rows.findIndex(function (row) { return row === document.activeElement || (here && here.contains(row)); });
    var next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }
  function pickRow() {
    var row = document.activeElement.closest("tr"), box = row && one('input[name="pick"]', row);
    if (box) box.click();
    return Boolean(box);
  }
  function showKeys() {
    var help = one("#keys");
    if (!help) return false;
    help.open = !help.open;
    if (help.open) { one("summary", help).focus(); help.scrollIntoView({ block: "nearest" }); }
    return true;
  }
  function press(css) {
    var target = firstSeen(css);
    if (!target) return false;
    target.focus();
    target.click();
    return true;
  }
  function focusSearch() {
    var field = firstSeen("[data-search]");
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  }
  function onKey(event) {
    var key = event.key;
    if ((event.ctrlKey || event.metaKey) && key === "Enter" && event.target.form) {
      event.preventDefault();
      return event.target.form.requestSubmit();
    }
    if (key === "Escape") return closeMenus(null, true);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || keysOff()) return;
    var done = false, letter = /^[a-z0-9]$/i.test(key) ? key.toLowerCase() : "";
    if (Date.now() < goUntil && letter) { goUntil = 0; done = press('[data-go="' + letter + '"]'); }
    else if (key === "/") done = focusSearch();
    else if (key === "?") done = showKeys();
    else if (key === "g" && one("[data-go]")) { goUntil = Date.now() + GO_WAIT; done = true; }
    else if (key === "j") done = moveRow(1);
    else if (key === "k") done = moveRow(-1);
    else if (key === "x" && pickRow()) done = true;
    else if (letter) done = press('[data-key="' + letter + '"]');
    if (done) event.preventDefault();
  }
  document.addEventListener("keydown", onKey);

  /* ---- menus: close when the reader goes elsewhere ---- */
  function closeMenus(except, focus) {
    all("details.pop[open]").forEach(function (menu) {
      if (except && menu.contains(except)) return;
      var inside = menu.contains(document.activeElement);
      menu.open = false;
      if (focus && inside) one("summary", menu).focus();
    });
  }
  document.addEventListener("click", function (event) { closeMenus(event.target); });

  /* ---- sending: a second press while the first is under way does nothing; the server's form key guards the rest ---- */
  var posts = function (form) { return form.method === "post"; };
  function free(form) { if (form && form.removeAttribute) form.removeAttribute("aria-busy"); }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!posts(form)) return;
    if (form.getAttribute("aria-busy") === "true") { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (navigator.onLine === false) { event.preventDefault(); event.stopImmediatePropagation(); return trouble("network"); }
    calm();
    form.setAttribute("aria-busy", "true");
    setTimeout(free, BUSY_LIMIT, form);
  }, true);
  addEventListener("pageshow", function () { all("form[aria-busy]").forEach(free); });

  /* ---- trouble: say it, keep the page and what was typed ---- */
  function trouble(kind) {
    var words = one("#trouble-words");
    if (!words) return;
    calm();
    document.body.append(words.content.cloneNode(true));
    var box = one("#trouble");
    all("[data-when]", box).forEach(function (line) { line.hidden = line.dataset.when !== kind; });
    box.focus();
  }
  function calm() { var box = one("#trouble"); if (box) box.remove(); }
  function kindOf(status) {
    if (status === 429 || status === 502 || status === 503 || status === 504) return "busy";
    return status === 401 || status === 403 || status === 404 ? "gone" : "other";
  }
  var polls = function (event) { var info = event.detail.requestConfig; return info && info.triggeringEvent == null && info.verb === "get"; };
  document.addEventListener("htmx:responseError", function (event) { if (!polls(event)) trouble(kindOf(event.detail.xhr.status)); });
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) { if (!polls(event)) trouble("network"); });
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    free(event.detail.elt.closest("form") || event.detail.elt);
    if (event.detail.successful) calm();
  });

  /* ---- after a refusal the summary takes the focus; new parts get their buttons ---- */
  function lookForErrors(from) {
    var box = from.matches && from.matches("[data-errors]") ? from : one("[data-errors]", from);
    if (seen(box)) { box.focus(); box.scrollIntoView({ block: "nearest" }); }
  }
  /* ---- a field that hangs on another one waits for it; the server decides in any case ---- */
  function follow(input) {
    var other = input.form && input.form.elements[input.dataset.shownIf], box = input.closest(".field");
    if (!other || !box) return;
    var wanted = input.dataset.shownFor.split(" ").filter(Boolean);
    function look() { box.hidden = wanted.length ? wanted.indexOf(other.value) < 0 : !other.value; }
    other.addEventListener("input", look);
    look();
  }
  function wake(from) {
    all("[data-shown-if]", from).forEach(follow);
    all("[data-copy]", from).forEach(function (button) { if (navigator.clipboard) button.hidden = false; });
  }
  document.addEventListener("htmx:afterSettle", function (event) { wake(event.target); lookForErrors(event.target); });
  document.addEventListener("click", function (event) {
    var copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(function () { copy.textContent = copy.dataset.done; });
    var off = event.target.closest("[data-keys-off]");
    if (off) { try { localStorage.setItem("suki-keys", keysOff() ? "on" : "off"); } catch (e) { return; } sayKeys(); }
    var keysLink = event.target.closest('a[href="#keys"]');
    if (keysLink && one("#keys")) one("#keys").open = true;
  });

  /* ---- letter keys can be turned off, for people who speak to their computer ---- */
  var keysOnWord;
  function sayKeys() {
    var button = one("[data-keys-off]");
    if (!button) return;
    keysOnWord = keysOnWord || button.textContent;
    button.hidden = false;
    button.textContent = keysOff() ? button.dataset.keysOff : keysOnWord;
  }

  /* ---- htmx notes where the reader is; who comes next shall not find it ---- */
  try { sessionStorage.removeItem("htmx-current-path-for-history"); } catch (e) { /* storage is closed: nothing was kept */ }

  wake(document);
  sayKeys();
})();
