"""What runs inside the sandbox. Imports the standard library, numpy, h5py, keras and :mod:`grader.wire`.

**Processes.** Level ``namespace``, from the outside in; each trusts those before it and nothing after it:

1. The *coordinator* (:mod:`grader.sandbox`, not in this package) starts one *zygote* for each sandbox, with an
   empty environment and a socket.
2. The zygote (:mod:`~grader.confined.process.zygote`) builds its jail (:mod:`~grader.confined.namespace.jail`): a
   read-only root with the interpreter, its packages and system libraries. It gives up every right, tries all steps
   of a run once, imports TensorFlow, runs no operation (after one, a fork hangs), and forks when asked. It has
   never held a label or a token, so that no fork can inherit one. A small process outside of the jail ends it when
   the coordinator hangs up.
3. Each run is a fork, the *supervisor* (:mod:`~grader.confined.process.supervisor`): it holds the coordinator's
   socket, makes the run's namespaces and mounts, drains its output, ends it in time, and, when all is dead, sends
   what is in the output folder and then the outcome.
4. Its child is *PID 1* of the run (:mod:`~grader.confined.process.pid1`): it reaps orphans and measures memory and
   CPU time. Its end is the end of all processes of the run, by the kernel.
5. Its child drops the last rights (:mod:`~grader.confined.namespace.confine`) and calls an *entry point*
   (:mod:`~grader.confined.process.launch`): :mod:`~grader.confined.student`, the only process that runs a
   student's code, or :mod:`~grader.confined.inspector`, our code on a student's bytes. Nothing that this process
   says is believed: not its exit code, not its output, not its files.

Level ``process`` has the same supervisor, PID 1 and entry point, without jail and namespaces, below a fresh
interpreter for each run (:mod:`~grader.confined.process.process_run`). What differs between the two is a
:class:`~grader.confined.process.world.World`.

**Order of one run.** ``prepare`` (namespaces, mounts) → fork PID 1 → ``guard`` (fresh ``/proc``) → fork the
entry's process → streams, control group, descriptors, resource limits → ``confine`` (rights, system call filter) →
"ready", from where wall time counts → threads and seeds → ``main(box)`` → ``os._exit`` → PID 1 ends → evidence →
outcome.
"""
