/* Tries all ways out that the trap should know, to a name and an address that nobody has. */

#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <resolv.h>
#include <sys/socket.h>

int main(void)
{
    const char *host = "caller.invalid";
    unsigned char answer[512];
    struct addrinfo *found;
    getaddrinfo(host, "443", NULL, &found);
    gethostbyname(host);
    res_query(host, 1, 1, answer, sizeof answer);

    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, "192.0.2.1", &to.sin_addr); /* for documents: RFC 5737 */
    struct iovec data = {"?", 1};
    struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &data,
                             .msg_iovlen = 1};
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    sendto(udp, "?", 1, 0, (struct sockaddr *) &to, sizeof to);
    sendmsg(udp, &message, 0);
    connect(udp, (struct sockaddr *) &to, sizeof to);
    return 0;
}
