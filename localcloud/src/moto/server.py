"""Runs moto behind the gateway: one request at a time, over connections that stay open.

Started by the gateway with a pipe on stdin. Each line read there is an order, each line written to stdout an answer:

    start        a new, empty world in a process of its own  ->  {"port": 40123, "pid": 4242}
    stop 4242    ends that world                             ->  {"stopped": 4242}
    become       this process itself is the only world       ->  {"port": 40123, "pid": 4241}

When the pipe closes, every world ends: nothing outlives the gateway, however it died.
A started world is a fork of this process, which has imported everything already: it is there in a few milliseconds.
"""

import gc
import io
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
import traceback
from collections import Counter
from urllib.parse import unquote_to_bytes

import moto.backends
from moto.autoscaling.models import FakeAutoScalingGroup
from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import S3Backend

# Imported before the first world starts; whatever else is called is imported then.
SERVICES = (
    "acm autoscaling cloudtrail cloudwatch ec2 efs elbv2 iam kms logs moto_api rds route53 s3 "
    "secretsmanager sns ssm sts"
).split()


# Signing names whose calls all go to one part of moto. For these the way there is found once; moto's own dispatcher
# walks its folders on each call.
ALWAYS_THE_SAME = frozenset(
    "acm autoscaling cloudtrail ec2 elasticfilesystem elasticloadbalancing iam kms logs monitoring rds route53 sns ssm sts".split()
)


def spread_over_zones():
    """Has Auto Scaling launch where a group has the fewest instances, and end them where it has the most, the oldest first, as
    on AWS. moto puts all of a group's instances into its first subnet, and ends whichever comes first."""
    launch = FakeAutoScalingGroup.replace_autoscaling_group_instances
    resize = FakeAutoScalingGroup.set_desired_capacity

    def launch_spread(group, count_needed, propagated_tags):
        whole = group.vpc_zone_identifier
        subnets = [name.strip() for name in (whole or "").split(",") if name.strip()]
        zone = {name: group.autoscaling_backend.ec2_backend.get_subnet(name).availability_zone for name in subnets}
        try:
            for _ in range(count_needed):
                there = [state.instance for state in group.active_instances()]
                in_zone = Counter(instance.placement.zone for instance in there)
                in_subnet = Counter(instance.subnet_id for instance in there)
                if subnets:
                    group.vpc_zone_identifier = min(subnets, key=lambda name: (in_zone[zone[name]], in_subnet[name]))
                launch(group, 1, dict(propagated_tags))
        finally:
            group.vpc_zone_identifier = whole

    def resize_spread(group, new_capacity):
        # moto ends the instances at the head of its list.
        left = sorted(group.instance_states, key=lambda state: state.instance.launch_time)
        leaving = []
        while left:
            in_zone = Counter(state.availability_zone for state in left)
            leaving.append(max(left, key=lambda state: in_zone[state.availability_zone]))
            left.remove(leaving[-1])
        group.instance_states = leaving
        resize(group, new_capacity)

    FakeAutoScalingGroup.replace_autoscaling_group_instances = launch_spread
    FakeAutoScalingGroup.set_desired_capacity = resize_spread


def remember_modules():
    """Has moto read the list of its own folders once, and not for each call of S3."""
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules


def without_storage_metrics():
    """Has a question about a metric not look at every object there is. moto adds their sizes up each time; S3 says them once a
    day, and no local cloud gets that old."""
    S3Backend.get_cloudwatch_metrics = staticmethod(lambda account_id, region: [])


def collect_what_is_new():
    """Has the collector look at what has come since it last looked at everything. What a world holds, it holds until it is
    deleted; to go through tens of thousands of objects again and again would hold up whoever calls."""
    gc.set_threshold(10_000, 20, 20)

    def keep(phase, collected):
        if phase == "stop" and collected["generation"] == 2:
            gc.freeze()

    gc.callbacks.append(keep)


class World:
    """moto's application, by the signing name of the call."""

    def __init__(self):
        self.dispatcher = DomainDispatcherApplication(create_backend_app)
        for service in SERVICES:
            self.dispatcher.app_instances[service] = create_backend_app(service)
        self.known = {}

    def application(self, environ):
        scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
        service = scope[3] if len(scope) == 5 else None
        if service not in ALWAYS_THE_SAME or environ["PATH_INFO"].startswith("/moto-api"):
            return self.dispatcher.get_application(environ)
        if service not in self.known:
            self.known[service] = self.dispatcher.get_application(environ)
        return self.known[service]


    def warm(self):
        """Makes the first call of each protocol and the large models here, once: they take a second in all."""
        form, json_ = "application/x-www-form-urlencoded; charset=utf-8", "application/x-amz-json-1.1"
        connection = Connection(None, self, 0)
        for service, method, path, kind, target, body in (
            ("ec2", "POST", "/", form, "", "Action=DescribeVpcs&Version=2016-11-15"),
            ("elasticloadbalancing", "POST", "/", form, "", "Action=DescribeLoadBalancers&Version=2015-12-01"),
            ("autoscaling", "POST", "/", form, "", "Action=DescribeAutoScalingGroups&Version=2011-01-01"),
            ("iam", "POST", "/", form, "", "Action=ListRoles&Version=2010-05-08"),
            ("rds", "POST", "/", form, "", "Action=DescribeDBInstances&Version=2014-10-31"),
            ("sns", "POST", "/", form, "", "Action=ListTopics&Version=2010-03-31"),
            ("sts", "POST", "/", form, "", "Action=GetCallerIdentity&Version=2011-06-15"),
            ("monitoring", "POST", "/", "application/x-amz-json-1.0", "GraniteServiceVersion20100801.DescribeAlarms", "{}"),
            ("ssm", "POST", "/", json_, "AmazonSSM.DescribeParameters", "{}"),
            ("logs", "POST", "/", json_, "Logs_20140328.DescribeLogGroups", "{}"),
            ("acm", "POST", "/", json_, "CertificateManager.ListCertificates", "{}"),
            ("cloudtrail", "POST", "/", json_, "CloudTrail_20131101.DescribeTrails", "{}"),
            ("elasticfilesystem", "GET", "/2015-02-01/file-systems", "", "", ""),
            ("route53", "GET", "/2013-04-01/hostedzone", "", "", ""),
            ("s3", "GET", "/", "", "", ""),
        ):
            scope = f"Credential=local/20260101/eu-west-1/{service}/aws4_request"
            headers = [("Host", "127.0.0.1"), ("Authorization", f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0")]
            headers += [(name, value) for name, value in (("Content-Type", kind), ("X-Amz-Target", target)) if value]
            body = body.encode()
            said = connection.answer(method, path, [*headers, ("Content-Length", str(len(body)))], body)
            if b" 200 " not in said[:20]:
                print(f"warming {service}: {said[:300]}", file=sys.stderr)


class Connection:
    """One connection of the gateway: bytes come in, whole requests go to moto, answers go back in order."""

    def __init__(self, sock, world, port):
        self.sock = sock
        self.world = world
        self.port = port
        self.buffer = bytearray()

    def readable(self):
        """Takes what has arrived; false when the gateway has closed the connection."""
        try:
            data = self.sock.recv(1 << 18)
        except (ConnectionError, OSError):
            return False
        if not data:
            return False
        self.buffer += data
        while True:
            request = self.next_request()
            if request is None:
                return True
            try:
                self.sock.sendall(self.answer(*request))
            except (ConnectionError, OSError):
                return False

    def next_request(self):
        """The next whole request of the buffer. The gateway always sends a Content-Length and never chunks."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = bytes(self.buffer[:end]).decode("latin-1").split("\r\n")
        headers = [(n.strip(), v.strip()) for n, _, v in (line.partition(":") for line in lines[1:])]
        length = next((int(v) for n, v in headers if n.lower() == "content-length"), 0)
        if len(self.buffer) < end + 4 + length:
            return None
        body = bytes(self.buffer[end + 4 : end + 4 + length])
        del self.buffer[: end + 4 + length]
        method, target, _ = lines[0].split(" ", 2)
        return method, target, headers, body

    def environ(self, method, target, headers, body):
        path, _, query = target.partition("?")
        environ = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "SERVER_SOFTWARE": "moto",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.port),
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_PORT": 0,
            "REQUEST_METHOD": method,
            "REQUEST_URI": target,
            "RAW_URI": target,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
        }
        dashed = {environ_key_for_header(name) for name, _ in headers if "_" not in name}
        preserved = {}
        for name, value in headers:
            if "_" in name:
                # WSGI cannot tell X_Foo from X-Foo; S3 metadata may carry underscores, and moto knows how to restore those.
                key = environ_key_for_header(name)
                if key not in dashed and should_preserve_original_header_name(name):
                    preserved.setdefault(key, name)
                    environ[key] = value
                continue
            key = name.upper().replace("-", "_")
            if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                key = "HTTP_" + key
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = preserved
        return environ

    def answer(self, method, target, headers, body):
        status, answered = "500 INTERNAL SERVER ERROR", []

        def start_response(line, fields, _exc_info=None):
            nonlocal status, answered
            status, answered = line, fields

        began = time.perf_counter()
        try:
            environ = self.environ(method, target, headers, body)
            chunks = self.world.application(environ)(environ, start_response)
            try:
                payload = b"".join(chunks)
            finally:
                getattr(chunks, "close", lambda: None)()
        except Exception as failure:
            traceback.print_exc()
            status = "500 INTERNAL SERVER ERROR"
            payload = str(failure).encode()
            answered = [("Content-Type", "text/plain"), ("X-Moto-Failure", type(failure).__name__)]
        head = [f"HTTP/1.1 {status}", f"X-Moto-Microseconds: {(time.perf_counter() - began) * 1e6:.0f}"]
        sized = False
        for name, value in answered:
            if name.lower() in ("connection", "transfer-encoding"):
                continue
            sized = sized or name.lower() == "content-length"
            head.append(f"{name}: {value}")
        if not sized and status[:3] not in ("204", "304"):
            head.append(f"Content-Length: {len(payload)}")
        blob = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1", "replace")
        return blob if method == "HEAD" else blob + payload


def run(listener, world):
    """Serves one world for ever."""
    port = listener.getsockname()[1]
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ, None)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                sock, _ = listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(sock, selectors.EVENT_READ, Connection(sock, world, port))
            elif not key.data.readable():
                selector.unregister(key.fileobj)
                key.fileobj.close()


def listen():
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def end_when_closed(pipe):
    """Ends this process when the other end of the pipe is gone."""

    def wait():
        while os.read(pipe, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def start(world, others):
    """Forks a world; gives back its port and process, and the end of the pipe that keeps it alive."""
    listener = listen()
    alive, held = os.pipe()
    pid = os.fork()
    if pid:
        port = listener.getsockname()[1]
        listener.close()
        os.close(alive)
        return {"port": port, "pid": pid}, held
    try:
        for pipe in (held, *others):
            os.close(pipe)
        end_when_closed(alive)
        # stdout carries answers to orders, which are no business of a world.
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        run(listener, world)
    finally:
        os._exit(1)


def become(world):
    """Turns this process into the only world."""
    listener = listen()
    answer({"port": listener.getsockname()[1], "pid": os.getpid()})
    end_when_closed(0)
    os.dup2(2, 1)
    run(listener, world)


def answer(message):
    print(json.dumps(message), flush=True)


def main():
    # An interrupt at the terminal is for the gateway, which ends this process by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    remember_modules()
    spread_over_zones()
    without_storage_metrics()
    world = World()
    world.warm()
    collect_what_is_new()
    # What was imported is shared by all worlds; collecting it again would only copy its pages.
    gc.collect()
    worlds = {}
    answer({"ready": True})
    # Not `for line in sys.stdin`: that reads ahead, and `become` hands the pipe over.
    while line := sys.stdin.readline():
        order, *rest = line.split()
        if order == "start":
            started, held = start(world, worlds.values())
            worlds[started["pid"]] = held
            answer(started)
        elif order == "stop" and int(rest[0]) in worlds:
            pid = int(rest[0])
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(worlds.pop(pid))
            answer({"stopped": pid})
        elif order == "become":
            become(world)
        else:
            answer({"error": f"unknown order {line.strip()}"})
    for pid in worlds:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
