"""What both sides of the process boundary read and write. Imports the standard library and numpy.

Two sides. The *coordinator* is the grader itself (everything above :mod:`grader.confined`): it knows labels,
solutions and tokens, and runs no student's code. The *confined* side (:mod:`grader.confined`) runs it, and is told
no more than one run needs. Neither imports the other; both import this package, and what crosses is named here.

In, before a run, from the coordinator, which the confined side trusts:

1. :class:`~grader.wire.task.JailPlan`, once for each sandbox: what of the host may be seen.
2. :class:`~grader.wire.task.Task`, once for each run: entry point, limits, folders, seed.
3. The input folder: plain files, and ``job.json``, the entry point's request (:class:`~grader.wire.entry.Box`).

Out, which the coordinator never trusts:

4. While it runs, frames over the run's own socket (:mod:`~grader.wire.protocol`). Trusted processes hold it, but
   one of them shares a uid with the student's, so names and sizes are judged again on arrival.
5. When every process of the run is dead, its output folder: plain files with allowed names
   (:mod:`~grader.wire.collect`), as bytes. Arrays are read by our own strict reader (:mod:`~grader.wire.npy`),
   values are said in structures (:mod:`~grader.wire.description`), text goes through :mod:`~grader.wire.sanitise`.
   All of it is a *claim*: the student's process could have written any of it.
"""
