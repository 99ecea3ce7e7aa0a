/* A receiver that is not there: the functions of librtlsdr that rtl_power calls, over a made-up air, and a clock that runs by samples.
 *
 * Noise everywhere; something that never pauses at 894.8 MHz; and from SCENE_COMES seconds on a car comes, in which a
 * GSM device reports at 897.4 MHz every SCENE_PERIOD seconds for about two seconds. Nothing is random: every run gives the same.
 */
#include <math.h>
#include <rtl-sdr.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BEGIN 1795341600.0 /* 2026-11-22 10:00:00 UTC */
#define RETUNE 0.015       /* seconds that the tuner takes; the program waits for 5 ms more */
#define ALWAYS_HZ 894.8e6
#define DEVICE_HZ 897.4e6

static double now = BEGIN, rate = 1e6, centre = 0, phase = 0;
static uint64_t state = 88172645463325252ULL;

static double number(const char *name, double otherwise) {
    const char *text = getenv(name);
    return text ? atof(text) : otherwise;
}

static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

time_t time(time_t *out) {
    if (out) *out = (time_t)now;
    return (time_t)now;
}

int usleep(useconds_t micros) {
    now += micros / 1e6;
    return 0;
}

/* Whether the device sends: late or early by up to a second, the same way each run. */
static int sends(double at) {
    double come = number("SCENE_COMES", 0), period = number("SCENE_PERIOD", 20);
    double since = at - BEGIN - come;
    if (since < 0) return 0;
    double turn = floor(since / period);
    double late = fmod(turn * 0.618033988749895, 1.0) * 1.6;
    double into = since - turn * period - 3 - late;
    return into >= 0 && into < 2.0;
}

int rtlsdr_read_sync(rtlsdr_dev_t *dev, void *buffer, int length, int *read) {
    (void)dev;
    uint8_t *out = buffer;
    int pairs = length / 2;
    double step[2] = {2 * M_PI * (ALWAYS_HZ - centre) / rate, 2 * M_PI * (DEVICE_HZ - centre) / rate};
    int on[2] = {fabs(ALWAYS_HZ - centre) < rate / 2, fabs(DEVICE_HZ - centre) < rate / 2 && sends(now)};
    double strength[2] = {6, 18}, turns = 0.12 * 2e6 / rate;
    for (int at = 0; at < pairs; at++) {
        uint64_t bits = next();
        /* The bits of a random word are as good as Gaussian: mean 16, variance 8. */
        double i = __builtin_popcount((uint32_t)bits) - 16, q = __builtin_popcount((uint32_t)(bits >> 32)) - 16;
        for (int who = 0; who < 2; who++)
            if (on[who]) {
                /* A random walk of the phase is some 100 kHz wide, as GMSK is. */
                phase += ((bits >> (8 + who)) & 1 ? turns : -turns) * M_PI;
                i += strength[who] * cos(phase + step[who] * at);
                q += strength[who] * sin(phase + step[who] * at);
            }
        out[2 * at] = (uint8_t)fmin(255, fmax(0, lrint(127.4 + i)));
        out[2 * at + 1] = (uint8_t)fmin(255, fmax(0, lrint(127.4 + q)));
    }
    now += pairs / rate;
    *read = length;
    return 0;
}

int rtlsdr_set_center_freq(rtlsdr_dev_t *dev, uint32_t hz) {
    (void)dev;
    centre = hz;
    now += RETUNE;
    return 0;
}

uint32_t rtlsdr_get_center_freq(rtlsdr_dev_t *dev) { (void)dev; return (uint32_t)centre; }

int rtlsdr_set_sample_rate(rtlsdr_dev_t *dev, uint32_t hz) {
    (void)dev;
    rate = hz;
    return 0;
}

static int nobody;
uint32_t rtlsdr_get_device_count(void) { return 1; }
const char *rtlsdr_get_device_name(uint32_t index) { (void)index; return "a made-up air"; }
int rtlsdr_get_device_usb_strings(uint32_t index, char *maker, char *product, char *serial) {
    (void)index;
    strcpy(maker, "nobody"), strcpy(product, "air"), strcpy(serial, "0");
    return 0;
}
int rtlsdr_open(rtlsdr_dev_t **dev, uint32_t index) { (void)index; *dev = (rtlsdr_dev_t *)&nobody; return 0; }
int rtlsdr_close(rtlsdr_dev_t *dev) { (void)dev; return 0; }
int rtlsdr_reset_buffer(rtlsdr_dev_t *dev) { (void)dev; return 0; }
int rtlsdr_set_tuner_gain_mode(rtlsdr_dev_t *dev, int manual) { (void)dev; (void)manual; return 0; }
int rtlsdr_set_tuner_gain(rtlsdr_dev_t *dev, int gain) { (void)dev; (void)gain; return 0; }
int rtlsdr_get_tuner_gains(rtlsdr_dev_t *dev, int *gains) { (void)dev; if (gains) gains[0] = 300; return 1; }
int rtlsdr_set_freq_correction(rtlsdr_dev_t *dev, int ppm) { (void)dev; (void)ppm; return 0; }
int rtlsdr_set_direct_sampling(rtlsdr_dev_t *dev, int on) { (void)dev; (void)on; return 0; }
int rtlsdr_set_offset_tuning(rtlsdr_dev_t *dev, int on) { (void)dev; (void)on; return 0; }
int rtlsdr_set_bias_tee(rtlsdr_dev_t *dev, int on) { (void)dev; (void)on; return 0; }
