"""Virtual time, each time in a process of its own, whose standard library it replaces."""

from __future__ import annotations

import time

from tests.virtual_time.programs import run


def test_threads_that_wait_for_hours_end_at_once_in_the_order_of_their_times() -> None:
    program = """
def wait(hours):
    time.sleep(hours * 3600)
    print(hours, seconds())
threads = [threading.Thread(target=wait, args=(hours,)) for hours in (3, 1, 2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    begun = time.monotonic()
    assert run(program) == ["1 3600", "2 7200", "3 10800"]
    assert time.monotonic() - begun < 3600


def test_a_program_with_a_seed_runs_the_same_way_each_time() -> None:
    program = """
trace, lock = [], threading.Lock()
def work(name):
    for _ in range(20):
        time.sleep(random.random())
        with lock:
            time.sleep(random.random() / 10)
            trace.append((name, round(time.monotonic() - begun, 6)))
with ThreadPoolExecutor(5) as pool:
    list(pool.map(work, range(5)))
print(trace, uuid.uuid4())
"""
    assert run(program) == run(program)


def test_a_wait_ends_by_its_event_or_by_its_time() -> None:
    program = """
event, items = threading.Event(), queue.Queue()
threading.Timer(500, event.set).start()
threading.Timer(700, items.put, ("item",)).start()
print(event.wait(400), seconds())
print(event.wait(400), seconds())
print(items.get(timeout=1000), seconds())
lock = threading.Lock()
lock.acquire()
print(lock.acquire(timeout=60), lock.acquire(blocking=False), seconds())
"""
    assert run(program) == ["False 400", "True 500", "item 700", "False False 760"]


def test_a_lock_goes_to_who_has_waited_longest_and_still_waits() -> None:
    program = """
lock = threading.Lock()
def take(name, patience):
    print(name, lock.acquire(timeout=patience), seconds())
lock.acquire()
for name, patience in (("a", 5), ("b", 20), ("c", 50)):
    threading.Thread(target=take, args=(name, patience)).start()
time.sleep(10)
lock.release()
time.sleep(100)
"""
    assert run(program) == ["a False 5", "b True 10", "c False 50"]


def test_clocks_agree() -> None:
    program = """
before = datetime.datetime.now(datetime.UTC)
virtual_time.advance(86400)
after = datetime.datetime.now(datetime.UTC)
print(f"{after + datetime.timedelta(milliseconds=1):%H:%M:%S}", after > before)
print(isinstance(after, datetime.datetime), abs(after.timestamp() - time.time()) < 0.001)
"""
    assert run(program) == ["00:00:00 True", "True True"]


def test_what_takes_longer_than_its_scope_allows_ends_there_once() -> None:
    program = """
task = scheduler.current()
task.scope = TaskScope({}, print, deadline=time.monotonic() + 30)
event = threading.Event()
try:
    event.wait(100)
except DeadlinePassed:
    print("ended", seconds())
    time.sleep(5)
    print("tidied up", seconds())
"""
    assert run(program) == ["ended 30", "tidied up 35"]


def test_threads_of_a_scope_end_with_it() -> None:
    program = """
task = scheduler.current()
task.scope = TaskScope({}, print, deadline=time.monotonic() + 30)
def work(_):
    try:
        time.sleep(100)
    except DeadlinePassed:
        print("worker", seconds())
        raise
try:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work, 0).result()
except DeadlinePassed:
    print("main", seconds())
"""
    assert sorted(run(program)) == ["main 30", "worker 30"]


def test_in_real_time_a_thread_that_waits_for_the_world_outside_holds_nobody_up() -> None:
    program = """
virtual_time.return_to_real_time()
import os
reader, writer = os.pipe()
done = threading.Event()
def listen():
    os.read(reader, 1)
    done.set()
threading.Thread(target=listen, name="proxy").start()
threading.Thread(target=lambda: os.write(writer, b"x")).start()
print(done.wait(60))
virtual_time.leave_real_time()
"""
    assert run(program) == ["True"]
