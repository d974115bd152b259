/*
 * The header must work alone (it is the first thing here), included twice, and in several units
 * of one program: header_other.c and, as C++, header_other.cpp include it too. A definition in
 * the header instead of a declaration would show when they are linked.
 * Built by scripts/check-header.sh under several C standards.
 */
#include "camera_session.h"
#include "camera_session.h"

int header_other(void);

int main(void)
{
    return header_other();
}
