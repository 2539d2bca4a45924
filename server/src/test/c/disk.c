/* A disk that keeps only what was synced.
 *
 * Loaded with LD_PRELOAD. For every file under the folder DISK_SCOPE it keeps, beside what the
 * process sees, what the disk would hold after a power cut: the bytes at the last sync, and in
 * order each write and truncation since. New, renamed and removed names last once their folder
 * was synced. At a power cut each of the changes in between is kept, forgotten or torn at a sector,
 * by a seeded chance. Shared memory (files ending with -shm) is left alone.
 *
 * The process steers it by opening paths that do not exist:
 *   /disk/ack/<word>               remembers a promise that was made; listed in <cut>/acknowledged
 *   /disk/cuts/<n>/<gap>/<seed>    n pictures of the disk after a cut, each after at most <gap> more
 *                                  writes or syncs, into DISK_CUTS/1 ..; the process dies at the last
 *   /disk/picture/<name>           one picture now, of synced things only, into DISK_CUTS/<name>
 *   /disk/room/<bytes>             files grow by so much more, then ENOSPC; -1: no limit
 *   /disk/failsync/<n>/<suffix>    EIO at the n-th sync that has something to do, of a file whose name
 *                                  ends so; what was
 *                                  unsynced then stays readable and is not on the disk
 *   /disk/clock/<seconds>          moves the wall clock
 * DISK_IMAGE names a picture that tells what the disk holds of files that are there already.
 * Each opening answers ENOENT when it was obeyed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

typedef struct change { /* a write, or a truncation where data is null */
  int64_t offset, length;
  char *data;
} change;

typedef struct file {
  char *held; /* what the disk holds for certain */
  int64_t size;
  int64_t seen; /* its size as the process sees it */
  change *changes;
  int count, room;
} file;

typedef struct name {
  char *path;
  file *live, *durable;
} name;

#define FDS 65536
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static file *fd_file[FDS];
static char *fd_folder[FDS];
static char fd_suffix[FDS][8];
static name *names;
static int name_count, name_room;
static char **acks;
static int ack_count, ack_room;
static const char *scope, *cuts_folder, *image_folder;
static size_t scope_length;
static int sync_micros = 300;
static int64_t room_left = -1;
static int fail_in = 0;
static char fail_suffix[16];
static int cuts_left = 0, cut_number = 0, cut_gap = 0, cut_in = 0;
static uint64_t chance_state = 1;
static volatile int64_t clock_offset = 0;

static int real_open(const char *path, int flags, int mode) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static uint64_t chance(void) {
  chance_state ^= chance_state << 13;
  chance_state ^= chance_state >> 7;
  chance_state ^= chance_state << 17;
  return chance_state;
}

static void *grown(void *array, int count, int *room, size_t each) {
  if (count < *room) return array;
  *room = *room ? *room * 2 : 64;
  return realloc(array, (size_t)*room * each);
}

static int in_scope(const char *path) {
  if (!scope || strncmp(path, scope, scope_length) != 0) return 0;
  if (path[scope_length] != '/' && path[scope_length] != 0) return 0;
  size_t n = strlen(path);
  return n < 4 || strcmp(path + n - 4, "-shm") != 0;
}

static name *find(const char *path, int make) {
  for (int i = 0; i < name_count; i++)
    if (!strcmp(names[i].path, path)) return &names[i];
  if (!make) return NULL;
  names = grown(names, name_count, &name_room, sizeof(name));
  names[name_count] = (name){strdup(path), NULL, NULL};
  return &names[name_count++];
}

static int load(const char *path, file *f) {
  int fd = real_open(path, O_RDONLY, 0);
  if (fd < 0) return 0;
  struct stat st;
  syscall(SYS_fstat, fd, &st);
  f->held = malloc((size_t)st.st_size + 1);
  f->size = 0;
  while (f->size < st.st_size) {
    long n = syscall(SYS_read, fd, f->held + f->size, (size_t)(st.st_size - f->size));
    if (n <= 0) break;
    f->size += n;
  }
  syscall(SYS_close, fd);
  return 1;
}

/* The file behind a name; one that was there before us is taken as it lies. */
static name *known(const char *path) {
  name *n = find(path, 0);
  if (n && (n->live || n->durable)) return n;
  file *f = calloc(1, sizeof(file));
  if (!load(path, f)) {
    free(f);
    return find(path, 1);
  }
  n = find(path, 1);
  n->live = f;
  n->durable = f;
  f->seen = f->size;
  if (image_folder) {
    char there[PATH_MAX];
    snprintf(there, sizeof there, "%s%s", image_folder, path + scope_length);
    free(f->held);
    f->held = NULL;
    f->size = 0;
    if (!load(there, f)) n->durable = NULL;
  }
  return n;
}

static int seen_before(const char *path, const struct stat *st, int kind, struct FTW *at) {
  (void)st;
  (void)at;
  if (kind == FTW_F && in_scope(path)) known(path);
  return 0;
}

__attribute__((constructor)) static void start(void) {
  scope = getenv("DISK_SCOPE");
  scope_length = scope ? strlen(scope) : 0;
  cuts_folder = getenv("DISK_CUTS");
  image_folder = getenv("DISK_IMAGE");
  const char *micros = getenv("DISK_SYNC_MICROS");
  if (micros) sync_micros = atoi(micros);
  if (scope) nftw(scope, seen_before, 16, FTW_PHYS);
}

static void apply(file *f, int64_t offset, const char *data, int64_t length) {
  if (offset + length > f->size) {
    f->held = realloc(f->held, (size_t)(offset + length));
    if (offset > f->size) memset(f->held + f->size, 0, (size_t)(offset - f->size));
    f->size = offset + length;
  }
  memcpy(f->held + offset, data, (size_t)length);
}

static void cut_to(file *f, int64_t size) {
  if (size > f->size) {
    f->held = realloc(f->held, (size_t)size);
    memset(f->held + f->size, 0, (size_t)(size - f->size));
  }
  f->size = size;
}

static void add(file *f, int64_t offset, const void *data, int64_t length) {
  f->changes = grown(f->changes, f->count, &f->room, sizeof(change));
  change *c = &f->changes[f->count++];
  c->offset = offset;
  c->length = length;
  c->data = NULL;
  if (data) {
    c->data = malloc((size_t)length);
    memcpy(c->data, data, (size_t)length);
  }
}

static void forget(file *f, int count) {
  for (int i = 0; i < count; i++) free(f->changes[i].data);
  memmove(f->changes, f->changes + count, sizeof(change) * (size_t)(f->count - count));
  f->count -= count;
}

static void put(const char *path, const char *data, int64_t length) {
  int fd = real_open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  for (int64_t done = 0; fd >= 0 && done < length;) {
    long n = syscall(SYS_write, fd, data + done, (size_t)(length - done));
    if (n <= 0) break;
    done += n;
  }
  if (fd >= 0) syscall(SYS_close, fd);
}

static void folders(char *path) {
  for (char *p = path + 1; *p; p++)
    if (*p == '/') {
      *p = 0;
      syscall(SYS_mkdirat, AT_FDCWD, path, 0700);
      *p = '/';
    }
}

/* What the disk holds of a file after a cut. */
static void write_out(const char *path, const file *f, int certain) {
  file after = {malloc((size_t)f->size + 1), f->size, 0, NULL, 0, 0};
  memcpy(after.held, f->held ? f->held : "", (size_t)f->size);
  int kind = certain ? 0 : (int)(chance() % 5); /* 0 forgets, 1 keeps, 2 some, 3 and 4 tear */
  int sector = kind == 3 ? 512 : 4096;
  for (int i = 0; i < f->count && kind; i++) {
    const change *c = &f->changes[i];
    if (!c->data) {
      if (kind == 1 || chance() % 2) cut_to(&after, c->offset);
    } else if (kind <= 2) {
      if (kind == 1 || chance() % 2) apply(&after, c->offset, c->data, c->length);
    } else {
      for (int64_t from = 0; from < c->length;) {
        int64_t end = ((c->offset + from) / sector + 1) * sector - c->offset;
        if (end > c->length) end = c->length;
        if (chance() % 3) apply(&after, c->offset + from, c->data + from, end - from);
        from = end;
      }
    }
  }
  put(path, after.held, after.size);
  free(after.held);
}

static void picture(const char *to, int certain) {
  char path[PATH_MAX];
  for (int i = 0; i < name_count; i++) {
    name *n = &names[i];
    file *f = n->durable;
    if (n->live != n->durable && !certain && chance() % 2) f = n->live;
    if (!f) continue;
    snprintf(path, sizeof path, "%s/%s%s", cuts_folder, to, n->path + scope_length);
    folders(path);
    write_out(path, f, certain);
  }
  snprintf(path, sizeof path, "%s/%s/acknowledged", cuts_folder, to);
  folders(path);
  int fd = real_open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  for (int i = 0; i < ack_count; i++) {
    char line[256];
    int n = snprintf(line, sizeof line, "%s\n", acks[i]);
    if (syscall(SYS_write, fd, line, (size_t)n) != n) abort();
  }
  syscall(SYS_close, fd);
}

/* Called with the lock before each write and sync takes hold. */
static void event(void) {
  if (cuts_left == 0 || --cut_in > 0) return;
  char to[32];
  snprintf(to, sizeof to, "%d", ++cut_number);
  picture(to, 0);
  if (--cuts_left == 0) _exit(99);
  cut_in = 1 + (int)(chance() % (uint64_t)cut_gap);
}

static int obey(const char *path) {
  if (strncmp(path, "/disk/", 6) != 0) return 0;
  const char *order = path + 6;
  long a = 0, b = 0, c = 0;
  pthread_mutex_lock(&lock);
  if (!strncmp(order, "ack/", 4)) {
    acks = grown(acks, ack_count, &ack_room, sizeof(char *));
    acks[ack_count++] = strdup(order + 4);
  } else if (sscanf(order, "cuts/%ld/%ld/%ld", &a, &b, &c) == 3) {
    cuts_left = (int)a;
    cut_gap = (int)b;
    chance_state = (uint64_t)c * 2654435761u + 88172645463325252u;
    for (int i = 0; i < 8; i++) chance();
    cut_in = 1 + (int)(chance() % (uint64_t)cut_gap);
  } else if (!strncmp(order, "picture/", 8)) {
    picture(order + 8, 1);
  } else if (sscanf(order, "room/%ld", &a) == 1) {
    room_left = a;
  } else if (sscanf(order, "failsync/%ld/%15s", &a, fail_suffix) == 2) {
    fail_in = (int)a;
  } else if (sscanf(order, "clock/%ld", &a) == 1) {
    clock_offset = a;
  } else {
    pthread_mutex_unlock(&lock);
    return 0;
  }
  pthread_mutex_unlock(&lock);
  errno = ENOENT;
  return 1;
}

static int opened(const char *path, int flags, int mode) {
  if (obey(path)) return -1;
  if (!in_scope(path)) return real_open(path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat st;
  int there = syscall(SYS_newfstatat, AT_FDCWD, path, &st, 0) == 0;
  name *n = there && S_ISREG(st.st_mode) ? known(path) : NULL;
  int fd = real_open(path, flags, mode);
  if (fd >= 0 && fd < FDS) {
    syscall(SYS_fstat, fd, &st);
    if (S_ISDIR(st.st_mode)) {
      fd_folder[fd] = strdup(path);
    } else if (S_ISREG(st.st_mode)) {
      n = find(path, 1);
      if (!n->live) n->live = calloc(1, sizeof(file));
      if ((flags & O_TRUNC) && n->live->seen) {
        add(n->live, 0, NULL, 0);
        n->live->seen = 0;
      }
      fd_file[fd] = n->live;
      size_t length = strlen(path);
      snprintf(fd_suffix[fd], sizeof fd_suffix[fd], "%s", length > 4 ? path + length - 4 : path);
    }
  }
  int e = errno;
  pthread_mutex_unlock(&lock);
  errno = e;
  return fd;
}

#define MODE                            \
  int mode = 0;                         \
  if (flags & (O_CREAT | O_TMPFILE)) {  \
    va_list rest;                       \
    va_start(rest, flags);              \
    mode = va_arg(rest, int);           \
    va_end(rest);                       \
  }

int open(const char *path, int flags, ...) { MODE return opened(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opened(path, flags, mode); }
int openat(int at, const char *path, int flags, ...) {
  MODE if (path[0] == '/') return opened(path, flags, mode);
  return (int)syscall(SYS_openat, at, path, flags, mode);
}
int openat64(int at, const char *path, int flags, ...) {
  MODE if (path[0] == '/') return opened(path, flags, mode);
  return (int)syscall(SYS_openat, at, path, flags, mode);
}

int close(int fd) {
  if (fd >= 0 && fd < FDS && (fd_file[fd] || fd_folder[fd])) {
    pthread_mutex_lock(&lock);
    fd_file[fd] = NULL;
    free(fd_folder[fd]);
    fd_folder[fd] = NULL;
    pthread_mutex_unlock(&lock);
  }
  return (int)syscall(SYS_close, fd);
}

static file *of(int fd) { return fd >= 0 && fd < FDS ? fd_file[fd] : NULL; }

static ssize_t written(int fd, const void *data, size_t length, int64_t offset, int moves) {
  pthread_mutex_lock(&lock);
  file *f = fd_file[fd];
  if (moves)
    offset = fcntl(fd, F_GETFL) & O_APPEND ? f->seen : syscall(SYS_lseek, fd, 0L, SEEK_CUR);
  event();
  int64_t growth = offset + (int64_t)length - f->seen;
  long n = -1;
  errno = ENOSPC;
  if (room_left >= 0 && growth > room_left) {
    length = growth - room_left < (int64_t)length ? length - (size_t)(growth - room_left) : 0;
    growth = room_left;
  }
  if (length > 0)
    n = moves ? syscall(SYS_write, fd, data, length)
              : syscall(SYS_pwrite64, fd, data, length, offset);
  if (n > 0) {
    add(f, offset, data, n);
    if (offset + n > f->seen) f->seen = offset + n;
    if (room_left >= 0 && growth > 0) room_left -= growth;
  }
  int e = errno;
  pthread_mutex_unlock(&lock);
  errno = e;
  return n;
}

ssize_t write(int fd, const void *data, size_t length) {
  return of(fd) && length ? written(fd, data, length, 0, 1)
                          : syscall(SYS_write, fd, data, length);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (!of(fd)) return syscall(SYS_writev, fd, parts, count);
  for (int i = 0; i < count; i++)
    if (parts[i].iov_len) return write(fd, parts[i].iov_base, parts[i].iov_len);
  return 0;
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return of(fd) && length ? written(fd, data, length, offset, 0)
                          : syscall(SYS_pwrite64, fd, data, length, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  return pwrite(fd, data, length, offset);
}

int ftruncate(int fd, off_t size) {
  if (!of(fd)) return (int)syscall(SYS_ftruncate, fd, size);
  pthread_mutex_lock(&lock);
  event();
  file *f = fd_file[fd];
  int r = (int)syscall(SYS_ftruncate, fd, size);
  if (r == 0 && size != f->seen) {
    add(f, size, NULL, 0);
    f->seen = size;
  }
  pthread_mutex_unlock(&lock);
  return r;
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }

static int in_folder(const char *path, const char *folder) {
  size_t n = strlen(folder);
  return !strncmp(path, folder, n) && path[n] == '/' && !strchr(path + n + 1, '/');
}

static int synced(int fd) {
  pthread_mutex_lock(&lock);
  file *f = fd_file[fd];
  int count = f ? f->count : 0;
  if (count > 0 && fail_in > 0 && strlen(fd_suffix[fd]) >= strlen(fail_suffix) &&
      !strcmp(fd_suffix[fd] + strlen(fd_suffix[fd]) - strlen(fail_suffix), fail_suffix) &&
      --fail_in == 0) {
    forget(f, count); /* the pages count as clean from now on, and are not on the disk */
    pthread_mutex_unlock(&lock);
    errno = EIO;
    return -1;
  }
  pthread_mutex_unlock(&lock);
  if (sync_micros) {
    struct timespec pause = {0, sync_micros * 1000L};
    nanosleep(&pause, NULL);
  }
  pthread_mutex_lock(&lock);
  event();
  if (fd_folder[fd]) {
    for (int i = 0; i < name_count; i++)
      if (in_folder(names[i].path, fd_folder[fd])) names[i].durable = names[i].live;
  } else if (fd_file[fd] == f && f) {
    if (count > f->count) count = f->count; /* another sync was quicker */
    for (int i = 0; i < count; i++) {
      change *c = &f->changes[i];
      if (c->data) apply(f, c->offset, c->data, c->length);
      else cut_to(f, c->offset);
    }
    forget(f, count);
  }
  pthread_mutex_unlock(&lock);
  return 0;
}

int fsync(int fd) {
  if (of(fd) || (fd >= 0 && fd < FDS && fd_folder[fd])) return synced(fd);
  return (int)syscall(SYS_fsync, fd);
}
int fdatasync(int fd) {
  if (of(fd) || (fd >= 0 && fd < FDS && fd_folder[fd])) return synced(fd);
  return (int)syscall(SYS_fdatasync, fd);
}

int unlink(const char *path) {
  if (!in_scope(path)) return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  pthread_mutex_lock(&lock);
  event();
  name *n = known(path);
  int r = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (r == 0) n->live = NULL;
  int e = errno;
  pthread_mutex_unlock(&lock);
  errno = e;
  return r;
}
int unlinkat(int at, const char *path, int flags) {
  if (path[0] == '/' && !(flags & AT_REMOVEDIR)) return unlink(path);
  return (int)syscall(SYS_unlinkat, at, path, flags);
}

int rename(const char *from, const char *to) {
  if (!in_scope(from) && !in_scope(to))
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  pthread_mutex_lock(&lock);
  event();
  known(from);
  known(to);
  int r = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (r == 0) {
    find(to, 1)->live = find(from, 1)->live;
    find(from, 1)->live = NULL;
  }
  int e = errno;
  pthread_mutex_unlock(&lock);
  errno = e;
  return r;
}

int link(const char *from, const char *to) {
  if (!in_scope(from) && !in_scope(to))
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
  pthread_mutex_lock(&lock);
  event();
  known(from);
  int r = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (r == 0) {
    find(to, 1);
    find(to, 1)->live = find(from, 1)->live;
  }
  int e = errno;
  pthread_mutex_unlock(&lock);
  errno = e;
  return r;
}

typedef int (*gettime)(clockid_t, struct timespec *);
int clock_gettime(clockid_t id, struct timespec *at) {
  static gettime real;
  if (!real) real = (gettime)dlsym(RTLD_NEXT, "clock_gettime");
  int r = real(id, at);
  if (r == 0 && id == CLOCK_REALTIME) at->tv_sec += clock_offset;
  return r;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}
