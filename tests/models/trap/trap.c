/* Notes and refuses what would leave this machine: look-ups of names, connections, datagrams.

   Preloaded, it stands before libc for every library of a process, and of its children. It says
   nothing of what stays here: numeric and loopback addresses, sockets of other families. */

#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef RTLD_NEXT
#define RTLD_NEXT ((void *) -1L)
#endif
#define REAL(call) ((__typeof__(&call)) dlsym(RTLD_NEXT, #call))

static void note(const char *call, const char *what)
{
    const char *log = getenv("TRAP_LOG");
    char line[512];
    int length = snprintf(line, sizeof line, "%s %s\n", call, what ? what : "");
    int file = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (file < 0 || write(file, line, length) != length)
        abort(); /* a trap that cannot write would find everybody innocent */
    close(file);
}

static int is_here(const char *host)
{
    unsigned char address[16];
    return !host || !strcmp(host, "localhost") || inet_pton(AF_INET, host, address) == 1
        || inet_pton(AF_INET6, host, address) == 1;
}

/* Returns whether an address is beyond this machine, and notes it if so. */
static int caught(const char *call, const struct sockaddr *to)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (to && to->sa_family == AF_INET) {
        const struct in_addr *host = &((const struct sockaddr_in *) to)->sin_addr;
        if (ntohl(host->s_addr) >> 24 == 127)
            return 0;
        inet_ntop(AF_INET, host, text, sizeof text);
    } else if (to && to->sa_family == AF_INET6) {
        const struct in6_addr *host = &((const struct sockaddr_in6 *) to)->sin6_addr;
        if (IN6_IS_ADDR_LOOPBACK(host))
            return 0;
        inet_ntop(AF_INET6, host, text, sizeof text);
    } else
        return 0;
    note(call, text);
    errno = ENETUNREACH;
    return 1;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    if (is_here(host))
        return REAL(getaddrinfo)(host, service, hints, found);
    note("getaddrinfo", host);
    return EAI_AGAIN;
}

#define REFUSED(type, call, answer, ...) \
    type call(__VA_ARGS__) { note(#call, host); return answer; }

struct hostent;
typedef struct hostent *Host;
REFUSED(Host, gethostbyname, NULL, const char *host)
REFUSED(Host, gethostbyname2, NULL, const char *host, int family)
REFUSED(int, gethostbyname_r, (*found = NULL, EAGAIN), const char *host, Host entry, char *space,
        size_t size, Host *found, int *why)
REFUSED(int, gethostbyname2_r, (*found = NULL, EAGAIN), const char *host, int family, Host entry,
        char *space, size_t size, Host *found, int *why)
/* <resolv.h> is not included: its macros rename these. */
REFUSED(int, res_query, -1, const char *host, int kind, int type, void *answer, int size)
REFUSED(int, __res_query, -1, const char *host, int kind, int type, void *answer, int size)
REFUSED(int, res_search, -1, const char *host, int kind, int type, void *answer, int size)
REFUSED(int, __res_search, -1, const char *host, int kind, int type, void *answer, int size)
REFUSED(int, res_nquery, -1, void *state, const char *host, int kind, int type, void *answer,
        int size)
REFUSED(int, __res_nquery, -1, void *state, const char *host, int kind, int type, void *answer,
        int size)
REFUSED(int, res_nsearch, -1, void *state, const char *host, int kind, int type, void *answer,
        int size)
REFUSED(int, __res_nsearch, -1, void *state, const char *host, int kind, int type, void *answer,
        int size)

int connect(int socket, const struct sockaddr *to, socklen_t size)
{
    return caught("connect", to) ? -1 : REAL(connect)(socket, to, size);
}

ssize_t sendto(int socket, const void *data, size_t length, int flags, const struct sockaddr *to,
               socklen_t size)
{
    return caught("sendto", to) ? -1 : REAL(sendto)(socket, data, length, flags, to, size);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags)
{
    return caught("sendmsg", message->msg_name) ? -1 : REAL(sendmsg)(socket, message, flags);
}

struct message { /* mmsghdr, which only _GNU_SOURCE declares, and that declares connect otherwise */
    struct msghdr head;
    unsigned length;
};
int sendmmsg(int socket, struct message *messages, unsigned count, int flags)
{
    for (unsigned number = 0; number < count; number++)
        if (caught("sendmmsg", messages[number].head.msg_name))
            return -1;
    return REAL(sendmmsg)(socket, messages, count, flags);
}
