"""The system calls that a confined process is refused, as a BPF program made by libseccomp.

The program is built once in the zygote and installed raw in each child, so that a run pays microseconds for it.
A deny list: TensorFlow's own calls change with every release, and the namespaces already take the world away.
What is denied widens the kernel's attack surface or reaches around a limit (memory no process is charged with).
"""

from __future__ import annotations

import ctypes
import errno
import os
from typing import Final

from grader.confined.namespace import linux

_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_CMP_EQ, _CMP_GE, _CMP_MASKED_EQ = 4, 5, 7

DENIED: Final = (
    # other processes, and more rights
    *"""
    ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp personality
    """.split(),
    # namespaces, mounts and roots
    *"""
    unshare setns mount umount umount2 pivot_root chroot fsopen fsmount fsconfig fspick open_tree move_mount
    mount_setattr open_tree_attr statmount listmount name_to_handle_at open_by_handle_at
    """.split(),
    # kernel interfaces with a history
    *"""
    bpf perf_event_open keyctl add_key request_key userfaultfd io_uring_setup io_uring_enter io_uring_register
    kexec_load kexec_file_load init_module finit_module delete_module fanotify_init lookup_dcookie vmsplice
    acct swapon swapoff reboot quotactl quotactl_fd syslog settimeofday clock_settime clock_settime64 adjtimex
    clock_adjtime clock_adjtime64 iopl ioperm nfsservctl vhangup
    """.split(),
    # memory that no process is charged with
    *"""
    shmget shmat shmctl msgget msgsnd msgrcv semget mq_open memfd_secret
    """.split(),
)
#: Answered with ENOSYS, so that libraries take their other way: glibc's clone, libffi's temporary file.
ABSENT: Final = ("clone3", "memfd_create")
_NAMESPACES: Final = (
    *(linux.CLONE_NEWNS, linux.CLONE_NEWCGROUP, linux.CLONE_NEWUTS, linux.CLONE_NEWIPC),
    *(linux.CLONE_NEWUSER, linux.CLONE_NEWPID, linux.CLONE_NEWNET),
)
#: MAP_SHARED (or MAP_SHARED_VALIDATE) with MAP_ANONYMOUS.
_SHARED: Final = 0x01 | 0x20
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10


class _Compare(ctypes.Structure):
    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _library() -> ctypes.CDLL | None:
    for name in ("libseccomp.so.2", "libseccomp.so"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.seccomp_init.restype = ctypes.c_void_p
        library.seccomp_init.argtypes = [ctypes.c_uint32]
        library.seccomp_release.argtypes = [ctypes.c_void_p]
        library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
        library.seccomp_rule_add_array.argtypes = [
            ctypes.c_void_p,
            ctypes.c_uint32,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.POINTER(_Compare),
        ]
        library.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
        return library
    return None


def available() -> bool:
    """Whether libseccomp can be loaded here."""
    return hasattr(os, "memfd_create") and _library() is not None


def build(*, shared_memory: bool) -> bytes | None:
    """The filter as raw BPF, or None where libseccomp is not installed. Raises OSError when it refuses a rule.

    Args:
        shared_memory: allow anonymous memory that processes share. Its pages can stay while no process maps them,
            so only a control group can charge anybody with them.
    """
    library = _library()
    if library is None:
        return None
    context = library.seccomp_init(_ALLOW)
    if not context:
        raise OSError(errno.ENOMEM, "seccomp_init")
    try:
        for name in DENIED:
            _deny(library, context, name, errno.EPERM)
        for name in ABSENT:
            _deny(library, context, name, errno.ENOSYS)
        for flag in _NAMESPACES:
            _deny(library, context, "clone", errno.EPERM, _Compare(0, _CMP_MASKED_EQ, flag, flag))
        for request in (_TIOCSTI, _TIOCLINUX):
            mask = 0xFFFFFFFF
            _deny(library, context, "ioctl", errno.EPERM, _Compare(1, _CMP_MASKED_EQ, mask, request))
        if not shared_memory:
            for name in ("mmap", "mmap2"):
                _deny(library, context, name, errno.EPERM, _Compare(3, _CMP_MASKED_EQ, _SHARED, _SHARED))
        _only_plain_sockets(library, context)
        descriptor = os.memfd_create("filter")
        try:
            if library.seccomp_export_bpf(context, descriptor) < 0:
                raise OSError(errno.EINVAL, "seccomp_export_bpf")
            size = os.lseek(descriptor, 0, os.SEEK_END)
            return os.pread(descriptor, size, 0)
        finally:
            os.close(descriptor)
    finally:
        library.seccomp_release(context)


def _only_plain_sockets(library: ctypes.CDLL, context: int) -> None:
    """AF_UNIX and, in a network namespace with no interface up, AF_INET and AF_INET6.

    AF_VSOCK reaches the hypervisor from any network namespace; AF_NETLINK, AF_ALG and AF_PACKET are attackable.
    """
    for family in range(_AF_INET6 + 1):
        if family not in (_AF_UNIX, _AF_INET, _AF_INET6):
            _deny(library, context, "socket", errno.EPERM, _Compare(0, _CMP_EQ, family, 0))
    _deny(library, context, "socket", errno.EPERM, _Compare(0, _CMP_GE, _AF_INET6 + 1, 0))


def _deny(library: ctypes.CDLL, context: int, name: str, number: int, compare: _Compare | None = None) -> None:
    syscall = library.seccomp_syscall_resolve_name(name.encode())
    if syscall == -1:
        return  # this libseccomp does not know it, so can't filter it by name
    array = (_Compare * 1)(compare) if compare is not None else None
    result = library.seccomp_rule_add_array(
        context, _ERRNO | number, syscall, 1 if compare is not None else 0, array
    )
    # A pseudo number means that this architecture has no such call: nothing to deny.
    if result < 0 and syscall >= 0:
        raise OSError(-result, f"seccomp rule for {name}")


def install(program: bytes) -> None:
    """Install the filter for this process, for good. ``no_new_privs`` must be set."""
    instructions = ctypes.create_string_buffer(program, len(program))
    bpf = _Program(len(program) // 8, ctypes.cast(instructions, ctypes.c_char_p))
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    result = libc.prctl(
        ctypes.c_int(linux.PR_SET_SECCOMP),
        ctypes.c_ulong(linux.SECCOMP_MODE_FILTER),
        ctypes.byref(bpf),
        zero,
        zero,
    )
    if result != 0:
        raise OSError(ctypes.get_errno(), "installing the seccomp filter")
