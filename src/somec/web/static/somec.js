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
}());
