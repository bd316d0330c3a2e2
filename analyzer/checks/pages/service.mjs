// The service on a folder of its own, and a topic that remembers what was published to it.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** A port that was free a moment ago. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A stand-in for SNS: answers every call, keeps its form. */
async function topic() {
  const published = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      published.push(Object.fromEntries(new URLSearchParams(body)));
      response.setHeader("content-type", "text/xml");
      response.end(
        '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>' +
          "<MessageId>1</MessageId></PublishResult></PublishResponse>",
      );
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { published, server, url: `http://127.0.0.1:${server.address().port}` };
}

export async function start() {
  const folder = await mkdtemp(join(tmpdir(), "codedetect-pages-"));
  const sns = await topic();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.env.CODEDETECT_ANALYZER, ["serve"], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      LISTEN: `127.0.0.1:${port}`,
      ALERTS_TOPIC: "arn:aws:sns:eu-west-1:123456789012:codedetect-alerts",
      AWS_ENDPOINT_URL: sns.url,
      AWS_ACCESS_KEY_ID: "example",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_REGION: "eu-west-1",
      CODEDETECT_VERSION: "1.2.3",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (chunk) => (log += chunk));
  child.stderr.on("data", (chunk) => (log += chunk));
  for (;;) {
    if (child.exitCode !== null) {
      throw new Error(`the service ended with ${child.exitCode}:\n${log}`);
    }
    const up = await fetch(`${url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) {
      break;
    }
    await pause(20);
  }
  return {
    url,
    published: sns.published,
    log: () => log,
    /** Uploads files (name → text) through the API; gives the scan. */
    async scan(files, name) {
      const form = new FormData();
      if (name) {
        form.append("name", name);
      }
      for (const [path, text] of Object.entries(files)) {
        form.append("files", new Blob([text]), path);
      }
      const answer = await fetch(`${url}/api/scans`, { method: "POST", body: form });
      if (answer.status !== 201) {
        throw new Error(`${answer.status}: ${await answer.text()}`);
      }
      return answer.json();
    },
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) {
        await new Promise((resolve) => child.once("exit", resolve));
      }
      sns.server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
