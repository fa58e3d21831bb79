/* Small comforts only: every page works without this file. */
(function () {
  "use strict";
  document.documentElement.classList.add("has-js");
  function focusErrors(root) {
    var banner = root.querySelector("[data-focus]");
    if (banner) { banner.focus(); }
  }
  document.addEventListener("DOMContentLoaded", function () { focusErrors(document); });
  document.addEventListener("htmx:afterSwap", function (event) { focusErrors(event.target); });
  /* A form is sent once, even when the button is pressed twice. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") { form.dataset.sent = "1"; window.setTimeout(function () { delete form.dataset.sent; }, 5000); }
  });
  /* Leaving a form with something typed (another language, a link, the tab closed) asks first; sending it does not. */
  var dirty = null;
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.method === "post" && !form.classList.contains("sm-filters")) { dirty = form; }
  });
  document.addEventListener("submit", function (event) { if (event.target === dirty) { dirty = null; } });
  window.addEventListener("beforeunload", function (event) { if (dirty && dirty.isConnected) { event.preventDefault(); } });
  /* Two minutes before the session ends the page says so, and one button prolongs it. Other tabs count as work too. */
  var WARNING = 120;
  function sessionNotice(place, name) {
    place.replaceChildren();
    if (name) { place.appendChild(document.getElementById(name).content.cloneNode(true)); }
  }
  function sessionAsk(place, background) {
    var headers = background ? { "HX-Request": "true" } : {};
    return window.fetch(place.dataset.sessionAsk, { headers: headers, credentials: "same-origin" })
      .then(function (answer) { return answer.status === 200 && !answer.redirected ? answer.json() : { left: 0 }; })
      .then(function (said) { sessionWatch(place, said.left); });
  }
  function sessionWatch(place, left) {
    if (left <= 0) { sessionNotice(place, "session-ended"); return; }
    if (left > WARNING) {
      sessionNotice(place, "");
      window.setTimeout(function () { sessionAsk(place, true); }, (left - WARNING + 1) * 1000);
      return;
    }
    if (!place.firstChild) {
      sessionNotice(place, "session-ending");
      place.querySelector("button").addEventListener("click", function () { sessionAsk(place, false); });
    }
    window.setTimeout(function () { sessionAsk(place, true); }, (left + 1) * 1000);
  }
  document.addEventListener("DOMContentLoaded", function () {
    var place = document.querySelector("[data-session-left]");
    if (place) { sessionWatch(place, Number(place.dataset.sessionLeft)); }
  });
}());
