/* SPDX-License-Identifier: Apache-2.0 */

/*
 * measure [-p FILE] LOG PROGRAM [ARGUMENT]...
 *
 * Runs a program with its output to /dev/null and its messages to LOG, waits
 * for it, and prints what it cost on one line:
 *
 *	0 0.251034 0.198211 0.052100 5120
 *
 * exit status (128 + the signal when killed), wall clock, user and system
 * time in seconds, and peak resident memory in KiB.  With -p the program
 * reads FILE through a pipe that another process fills; the cost of filling
 * it is not counted, except that the program may have to wait.
 *
 * The kernel counts into a program's peak what was resident before exec(),
 * so this has to be a small program, not a script.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NOT_RUN = 127 };

static void die(const char *what, const char *name)
{
	fprintf(stderr, "measure: %s '%s': %s\n", what, name, strerror(errno));
	exit(2);
}

/* In the child: makes "path" its descriptor "to"; ends it on failure. */
static void redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags, 0666);
	if (fd < 0 || dup2(fd, to) < 0)
		_exit(NOT_RUN);
	close(fd);
}

/* In the child: copies "path" to fd as a program writing to a pipe does. */
static void feed(const char *path, int fd)
{
	char block[65536];
	int from = open(path, O_RDONLY);
	ssize_t n = -1;
	while (from >= 0 && (n = read(from, block, sizeof(block))) > 0)
		for (ssize_t sent = 0; sent < n;) {
			ssize_t m = write(fd, block + sent, (size_t)(n - sent));
			if (m < 0)
				_exit(1);
			sent += m;
		}
	_exit(n == 0 ? 0 : 1);
}

static pid_t start_feeder(const char *path, int *read_end)
{
	int ends[2];
	if (pipe(ends) < 0)
		die("cannot make a pipe for", path);
	pid_t pid = fork();
	if (pid < 0)
		die("cannot start a process for", path);
	if (pid == 0) {
		close(ends[0]);
		signal(SIGPIPE, SIG_DFL);
		feed(path, ends[1]);
	}
	close(ends[1]);
	*read_end = ends[0];
	return pid;
}

static pid_t start_program(char **argv, const char *log, int in)
{
	pid_t pid = fork();
	if (pid < 0)
		die("cannot start", argv[0]);
	if (pid > 0)
		return pid;
	if (in < 0)
		redirect("/dev/null", O_RDONLY, STDIN_FILENO);
	else if (dup2(in, STDIN_FILENO) < 0)
		_exit(NOT_RUN);
	if (in > STDERR_FILENO)
		close(in);
	redirect("/dev/null", O_WRONLY, STDOUT_FILENO);
	redirect(log, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
	execvp(argv[0], argv);
	fprintf(stderr, "measure: cannot run '%s': %s\n", argv[0],
		strerror(errno));
	fflush(stderr);
	_exit(NOT_RUN);
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	const char *piped = NULL;
	if (argc > 2 && strcmp(argv[1], "-p") == 0) {
		piped = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 3) {
		fputs("usage: measure [-p FILE] LOG PROGRAM [ARGUMENT]...\n",
		      stderr);
		return 2;
	}
	int in = -1, status = 0, fed = 0;
	pid_t feeder = piped ? start_feeder(piped, &in) : -1;
	struct rusage use;
	double start = seconds_now();
	pid_t pid = start_program(argv + 2, argv[1], in);
	if (in >= 0)
		close(in);
	if (wait4(pid, &status, 0, &use) != pid)
		die("cannot wait for", argv[2]);
	double wall = seconds_now() - start;
	if (piped && waitpid(feeder, &fed, 0) == feeder && fed != 0)
		fprintf(stderr, "measure: '%s' was not read to its end\n", piped);
	printf("%d %.6f %.6f %.6f %ld\n",
	       WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status),
	       wall, seconds_of(use.ru_utime), seconds_of(use.ru_stime),
	       use.ru_maxrss);
	return 0;
}
