/** The calls by which lvstop reads and writes its files, and how each of them can fail. */

/** Errors of each system call, as `strace --inject` names them. */
export const failures: Readonly<Record<string, readonly string[]>> = {
  openat: ['EACCES', 'EROFS', 'ENOSPC', 'EDQUOT', 'EMFILE', 'EINTR', 'EIO'],
  mkdir: ['EACCES', 'EROFS', 'ENOSPC', 'EDQUOT'],
  write: ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EINTR', 'EROFS'],
  pwrite64: ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EINTR', 'EROFS'],
  writev: ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EINTR', 'EROFS'],
  fsync: ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EINTR', 'EINVAL'],
  fdatasync: ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EINTR', 'EINVAL'],
  close: ['EIO', 'ENOSPC', 'EDQUOT', 'EINTR'],
  rename: ['EIO', 'ENOSPC', 'EROFS', 'EACCES', 'EXDEV', 'EDQUOT'],
  link: ['EPERM', 'EMLINK', 'EOPNOTSUPP', 'EIO', 'ENOSPC', 'EROFS', 'EEXIST'],
  unlink: ['EIO', 'EROFS', 'EACCES', 'EBUSY'],
  ftruncate: ['EIO', 'ENOSPC', 'EROFS', 'EINTR'],
  fchmod: ['EPERM', 'EROFS', 'EIO'],
  read: ['EIO', 'EINTR'],
  pread64: ['EIO', 'EINTR'],
  getdents64: ['EIO'],
  statx: ['EIO', 'EACCES'],
};

/** Calls at whose beginning a process can be killed: those on files, those to the kernel's IPVS, and waiting. */
export const killMoments: readonly string[] = [
  ...Object.keys(failures),
  ...['sendto', 'sendmsg', 'recvfrom', 'recvmsg', 'epoll_pwait', 'futex', 'mmap', 'munmap', 'madvise'],
];
