/* The made-up unit's modem keeper: knows cellular modules by their USB ids, and has ModemManager connect the one it finds.
 * It stands in the image as the host's side: a program that names Quectel throughout and is no module. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct module {
    const char *usb, *maker, *model, *setup;
};

static const struct module KNOWN[] = {
    {"2c7c/125", "Quectel", "EC25", "AT+QCFG=\"nwscanmode\",0,1"},
    {"2c7c/121", "Quectel", "EC21", "AT+QCFG=\"nwscanmode\",0,1"},
    {"2c7c/296", "Quectel", "BG96", "AT+QCFG=\"iotopmode\",2,1"},
    {"1e0e/9001", "SIMCom", "SIM7600E-H", "AT+CNMP=2"},
    {"1bc7/1201", "Telit", "LE910C4", "AT+WS46=31"},
};

static const struct module *plugged_in(const char *uevent) {
    char line[256], ids[64];
    const struct module *found = NULL;
    FILE *file = fopen(uevent, "r");

    while (file && !found && fgets(line, sizeof line, file))
        if (sscanf(line, "PRODUCT=%63s", ids) == 1)
            for (size_t at = 0; at < sizeof KNOWN / sizeof *KNOWN; at++)
                if (!strncmp(ids, KNOWN[at].usb, strlen(KNOWN[at].usb)))
                    found = &KNOWN[at];
    if (file)
        fclose(file);
    return found;
}

static void set_up(const struct module *module, const char *port) {
    FILE *tty = fopen(port, "w");

    if (tty) {
        fprintf(tty, "ATE0\r%s\r", module->setup);
        fclose(tty);
    }
}

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: %s UEVENT PORT APN\n", words[0]);
        return 2;
    }
    const struct module *module = plugged_in(words[1]);
    if (!module) {
        fputs("modem-keeper: no module that is known here\n", stderr);
        return 1;
    }
    printf("modem-keeper: %s %s\n", module->maker, module->model);
    set_up(module, words[2]);
    execlp("busctl", "busctl", "call", "org.freedesktop.ModemManager1", "/org/freedesktop/ModemManager1/Modem/0",
           "org.freedesktop.ModemManager1.Modem.Simple", "Connect", "a{sv}", "1", "apn", "s", words[3], (char *)NULL);
    perror("busctl");
    return 1;
}
