// Makes the pages quicker to use. Without it they do the same by forms and links.

"use strict";

/** Upload by drag and drop, with progress. */
function upload(form) {
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("button");
  const shown = form.querySelector(".drop-progress");
  const state = form.querySelector(".drop-state");
  const bar = form.querySelector("progress");
  const error = form.querySelector(".drop-error");
  const limit = Number(form.dataset.limit);
  form.querySelector(".drag-hint").hidden = false;

  const fail = (text) => {
    shown.hidden = true;
    button.disabled = false;
    error.textContent = text;
    error.hidden = false;
  };

  const send = () => {
    const files = [...input.files];
    if (files.length === 0) {
      fail("Choose a file first.");
      return;
    }
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (limit > 0 && size > limit) {
      fail("That is larger than an upload may be. Send fewer or smaller files.");
      return;
    }
    error.hidden = true;
    shown.hidden = false;
    button.disabled = true;
    const what = files.length === 1 ? files[0].name : `${files.length} files`;
    state.textContent = `Sending ${what}`;
    bar.value = 0;

    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        bar.value = (100 * event.loaded) / event.total;
      }
    });
    request.upload.addEventListener("load", () => {
      state.textContent = `Reading ${what}`;
      bar.removeAttribute("value");
    });
    request.addEventListener("load", () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // Something between here and the service answered.
      }
      if (request.status === 201 && typeof answer.page === "string") {
        window.location.assign(answer.page);
      } else {
        fail(answer.detail ?? `The service answered ${request.status}. Try again.`);
      }
    });
    request.addEventListener("error", () => {
      fail("The connection broke. Nothing was kept; try again.");
    });
    request.send(new FormData(form));
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  // The whole page takes files, so that none is opened by the browser because it missed the form.
  let depth = 0;
  const over = (change) => {
    depth = Math.max(0, depth + change);
    form.classList.toggle("over", depth > 0);
  };
  const withFiles = (listener) => (event) => {
    if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
      listener(event);
    }
  };
  document.addEventListener("dragenter", withFiles(() => over(1)));
  document.addEventListener("dragleave", withFiles(() => over(-1)));
  document.addEventListener("dragover", withFiles(() => {}));
  document.addEventListener(
    "drop",
    withFiles((event) => {
      over(-depth);
      if (event.dataTransfer.files.length > 0 && !button.disabled) {
        input.files = event.dataTransfer.files;
        send();
      }
    }),
  );

  // Back from the scan, the browser shows this page as it was left.
  window.addEventListener("pageshow", () => {
    shown.hidden = true;
    button.disabled = false;
  });
}

/** Two scans can be compared, so a third one chosen lets the first go. */
function choose(boxes) {
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) {
    box.addEventListener("change", () => {
      const at = chosen.indexOf(box);
      if (box.checked && at < 0) {
        chosen.push(box);
      } else if (!box.checked && at >= 0) {
        chosen.splice(at, 1);
      }
      while (chosen.length > 2) {
        chosen.shift().checked = false;
      }
    });
  }
}

/** Times of the reader's own clock, where the page can only know UTC. */
function localise(times) {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
  for (const time of times) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.title = time.textContent;
      time.textContent = format.format(at);
    }
  }
}

document.querySelectorAll("form[data-upload]").forEach(upload);
choose([...document.querySelectorAll("input[type=checkbox][name=scan]")]);
localise(document.querySelectorAll("time[datetime]"));
document.getElementById("problem")?.focus();
