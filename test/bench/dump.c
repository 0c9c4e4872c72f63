/*
 * The floor under any program that reads IPVS: the same dumps as a full sweep, the answers thrown away. All services
 * first, then each one's real servers; of an answer only what the next request must repeat is looked at.
 *
 * usage: dump; runs once for each line that it reads, and prints the milliseconds that it took. So it can take turns
 * with another program without being started anew.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { NETLINK_GENERIC = 16, CONTROL = 16, HEADERS = 20, MAX_SERVICES = 100000, IDENTITY = 64 };
enum { MSG_DONE = 3, MSG_ERROR = 2, REQUEST = 1, DUMP = 0x300 };
enum { GET_FAMILY = 3, GET_SERVICE = 4, GET_DEST = 8 };

struct identity {
	uint16_t length;
	uint8_t bytes[IDENTITY];
};

static uint8_t buffer[65536];
static struct identity services[MAX_SERVICES];
static int descriptor, service_count;
static uint16_t family;
static uint32_t sequence;

static uint16_t u16(const uint8_t *at)
{
	uint16_t value;
	memcpy(&value, at, 2);
	return value;
}

static uint32_t u32(const uint8_t *at)
{
	uint32_t value;
	memcpy(&value, at, 4);
	return value;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void ask(uint16_t type, uint8_t command, const uint8_t *payload, size_t length)
{
	uint8_t request[HEADERS + 256] = { 0 };
	uint32_t size = HEADERS + length;
	uint16_t flags = REQUEST | DUMP;

	memcpy(request, &size, 4);
	memcpy(request + 4, &type, 2);
	memcpy(request + 6, &flags, 2);
	sequence++;
	memcpy(request + 8, &sequence, 4);
	request[16] = command;
	request[17] = 1;
	if (length)
		memcpy(request + HEADERS, payload, length);
	if (send(descriptor, request, size, 0) < 0)
		fail("send");
}

/* Receives a dump to its end; `visit` sees each message's attributes. */
static void receive(void (*visit)(const uint8_t *, const uint8_t *))
{
	for (;;) {
		ssize_t length = recv(descriptor, buffer, sizeof buffer, 0);
		const uint8_t *at = buffer, *end = buffer + length;

		if (length < 0)
			fail("recv");
		while (at + 16 <= end) {
			if (u16(at + 4) == MSG_ERROR)
				fail("kernel");
			if (u16(at + 4) == MSG_DONE)
				return;
			if (visit)
				visit(at + HEADERS, at + u32(at));
			at += (u32(at) + 3) & ~3u;
		}
	}
}

static void find_family(const uint8_t *at, const uint8_t *end)
{
	uint16_t id = 0;

	for (; at < end; at += (u16(at) + 3) & ~3) {
		if ((u16(at + 2) & 0x3fff) == 1)
			id = u16(at + 4);
		if ((u16(at + 2) & 0x3fff) == 2 && !strcmp((const char *)at + 4, "IPVS"))
			family = 1;
	}
	if (family == 1)
		family = id;
}

/* Keeps the attributes that tell a service from others: family, protocol, address, port, mark. */
static void keep_identity(const uint8_t *at, const uint8_t *end)
{
	struct identity *kept = &services[service_count++];
	const uint8_t *inner = at + 4;

	kept->length = 4;
	for (; inner < end; inner += (u16(inner) + 3) & ~3) {
		uint16_t type = u16(inner + 2) & 0x3fff, size = (u16(inner) + 3) & ~3;

		if (type > 5)
			break;
		memcpy(kept->bytes + kept->length, inner, size);
		kept->length += size;
	}
	memcpy(kept->bytes, &kept->length, 2);
	memcpy(kept->bytes + 2, at + 2, 2);
}

static double milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(void)
{
	int read;

	descriptor = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (descriptor < 0)
		fail("socket");
	ask(CONTROL, GET_FAMILY, NULL, 0);
	receive(find_family);
	while ((read = getchar()) != EOF) {
		double start = milliseconds();

		if (read != '\n')
			continue;
		service_count = 0;
		ask(family, GET_SERVICE, NULL, 0);
		receive(keep_identity);
		for (int index = 0; index < service_count; index++) {
			ask(family, GET_DEST, services[index].bytes, services[index].length);
			receive(NULL);
		}
		printf("%.3f\n", milliseconds() - start);
		fflush(stdout);
	}
	return 0;
}
