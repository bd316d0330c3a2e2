-- Uploads of a file of 100 lines, each with a line of its own, so that no content comes twice.
local lines = {}
for line in io.lines(os.getenv("SOURCE")) do lines[#lines + 1] = line end
local rest = table.concat(lines, "\n") .. "\n"
local count, thread = 0, 0

function setup(new)
  thread = thread + 1
  new:set("id", thread)
end

function init()
  math.randomseed(os.time() + id)
  run = math.random(1, 1e9)
end

function request()
  count = count + 1
  local body = string.format("# %d %d %d\n", run, id, count) .. rest
  return wrk.format("POST", "/api/scans?name=code.py", { ["Content-Type"] = "text/x-python" }, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "not_2xx": %d, "broken": %d, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
