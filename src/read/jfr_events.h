/* SPDX-License-Identifier: Apache-2.0 */
#ifndef READ_JFR_EVENTS_H
#define READ_JFR_EVENTS_H

#include "read/jfr_layout.h"

/*
 * What the events of a type are to us: samples, when they have a stack, and what of their
 * fields is the value; or facts about the recording.
 */
enum jfr_role {
	JFR_IGNORED,
	JFR_SAMPLE,              /* also without a stack */
	JFR_SAMPLE_WITH_STACK,   /* something that happened; only with a stack */
	JFR_SETTING,             /* jdk.ActiveSetting */
	JFR_JVM,                 /* jdk.JVMInformation */
	JFR_LOSS,                /* jdk.DataLoss */
	JFR_SAMPLES_LOST,        /* jdk.CPUTimeSamplesLost */
};

/* Slots of all roles; of the facts only the first ones. */
enum {
	JFR_EVENT_START, JFR_EVENT_STACK, JFR_EVENT_THREAD, JFR_EVENT_SAMPLED_THREAD,
	JFR_EVENT_VALUE, JFR_EVENT_OTHER_VALUE, JFR_EVENT_LABELS,
	JFR_SETTING_ID = 0, JFR_SETTING_NAME, JFR_SETTING_VALUE,
	JFR_JVM_PID = 0, JFR_JVM_ARGUMENTS,
	JFR_LOST_AMOUNT = 0,
};

enum { JFR_LABELS_MAX = JFR_SLOTS_MAX - JFR_EVENT_LABELS };

/* How a field becomes a label. */
enum jfr_label_kind { JFR_LABEL_TEXT, JFR_LABEL_CLASS, JFR_LABEL_WORD };

struct jfr_event_type {
	enum jfr_role role;
	struct jfr_layout layout;
	struct str unit;         /* of the value: "samples", "ns", "bytes", "events" */
	uint64_t ns_per_unit;    /* of a time in the file; 0: ticks */
	bool has_value;          /* else each counts as 1 */
	bool is_periodic;        /* one each period, see jdk.ActiveSetting */
	struct jfr_event_label {
		struct str name;
		enum jfr_label_kind kind;
		uint32_t type;           /* of a constant */
	} labels[JFR_LABELS_MAX];
	unsigned label_count;
};

/*
 * What the events of this type are.  False when they would be of use and cannot be read,
 * with *why.
 */
bool jfr_events_know(struct jfr_event_type *, const struct jfr_metadata *, uint32_t type,
		     const char **why);

#endif
