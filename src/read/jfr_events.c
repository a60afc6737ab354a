/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every event that has a stack can be drawn.  What it is worth: of those that are listed
 * here the field that is named, of others how long it took, or 1.
 *
 * https://github.com/openjdk/jdk/blob/master/src/hotspot/share/jfr/metadata/metadata.xml;
 * those of async-profiler stand in its src/jfrMetadata.cpp.
 */
#include "read/jfr_events.h"

#include "base/alloc.h"

static const struct known {
	struct str name;
	struct str value, other_value;   /* fields; the other one where the first is 0 */
	struct str unit;
} samples[] = {
	{ STR("jdk.ExecutionSample"), STR(""), STR(""), STR("samples") },
	{ STR("jdk.NativeMethodSample"), STR(""), STR(""), STR("samples") },
	{ STR("jdk.CPUTimeSample"), STR("samplingPeriod"), STR(""), STR("ns") },
	{ STR("jdk.ObjectAllocationSample"), STR("weight"), STR(""), STR("bytes") },
	{ STR("jdk.ObjectAllocationInNewTLAB"), STR("tlabSize"), STR("allocationSize"),
	  STR("bytes") },
	{ STR("jdk.ObjectAllocationOutsideTLAB"), STR("allocationSize"), STR(""),
	  STR("bytes") },
	{ STR("jdk.JavaMonitorEnter"), STR("duration"), STR(""), STR("ns") },
	{ STR("jdk.JavaMonitorWait"), STR("duration"), STR(""), STR("ns") },
	{ STR("jdk.ThreadPark"), STR("duration"), STR(""), STR("ns") },
	{ STR("jdk.ThreadSleep"), STR("duration"), STR(""), STR("ns") },
	{ STR("jdk.OldObjectSample"), STR(""), STR(""), STR("events") },
	{ STR("jdk.JavaErrorThrow"), STR(""), STR(""), STR("events") },
	{ STR("jdk.JavaExceptionThrow"), STR(""), STR(""), STR("events") },
	{ STR("jdk.ProcessStart"), STR(""), STR(""), STR("events") },
	{ STR("profiler.WallClockSample"), STR("samples"), STR(""), STR("samples") },
	{ STR("profiler.LiveObject"), STR("allocationSize"), STR(""), STR("bytes") },
	{ STR("profiler.Malloc"), STR("size"), STR(""), STR("bytes") },
	{ STR("profiler.NativeLock"), STR("duration"), STR(""), STR("ns") },
};

static const struct fact {
	struct str name;
	enum jfr_role role;
	struct str fields[3];
} facts[] = {
	{ STR("jdk.ActiveSetting"), JFR_SETTING,
	  { STR("id"), STR("name"), STR("value") } },
	{ STR("jdk.JVMInformation"), JFR_JVM, { STR("pid"), STR("javaArguments") } },
	{ STR("jdk.DataLoss"), JFR_LOSS, { STR("amount") } },
	{ STR("jdk.CPUTimeSamplesLost"), JFR_SAMPLES_LOST, { STR("lostSamples") } },
};

/* Values */

static uint64_t ns_per(struct str unit)
{
	static const struct { struct str name; uint64_t ns; } units[] = {
		{ STR("NANOSECONDS"), 1 }, { STR("MICROSECONDS"), 1000 },
		{ STR("MILLISECONDS"), 1000 * 1000 }, { STR("SECONDS"), 1000 * 1000 * 1000 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eq(units[i].name, unit))
			return units[i].ns;
	return 0;
}

static const struct known *find_known(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		if (str_eq(samples[i].name, name))
			return &samples[i];
	return NULL;
}

static void choose_value(struct jfr_event_type *e, const struct jfr_metadata *m,
			 const struct jfr_type *type, struct str names[JFR_SLOTS_MAX])
{
	const struct known *k = find_known(type->name);
	static const struct known others = {
		STR(""), STR("duration"), STR(""), STR("ns"),
	};
	bool is_listed = k != NULL;
	if (!is_listed)
		k = &others;
	const struct jfr_field *f = jfr_metadata_field(m, type, k->value);
	e->has_value = f && !f->is_array && !f->is_constant;
	e->unit = e->has_value || k->value.n == 0 ? k->unit : STR("events");
	e->is_periodic = is_listed && !e->has_value && str_eq(e->unit, STR("samples"));
	e->role = str_eq(e->unit, STR("events")) || !is_listed ? JFR_SAMPLE_WITH_STACK :
								 JFR_SAMPLE;
	e->ns_per_unit = e->has_value ? ns_per(f->unit) : 0;
	names[JFR_EVENT_VALUE] = k->value;
	names[JFR_EVENT_OTHER_VALUE] = k->other_value;
}

/* Labels */

static bool label_kind(const struct jfr_metadata *m, const struct jfr_field *f,
		       struct jfr_event_label *label)
{
	label->name = f->name;
	label->type = jfr_metadata_find(m, f->type_id);
	if (label->type == UINT32_MAX || f->is_array)
		return false;
	const struct jfr_type *type = &m->types[label->type];
	bool is_text = str_eq(type->name, STR("java.lang.String"));
	if (!f->is_constant) {
		label->kind = JFR_LABEL_TEXT;
		return is_text;
	}
	label->kind = str_eq(type->name, STR("java.lang.Class")) ? JFR_LABEL_CLASS :
								   JFR_LABEL_WORD;
	return label->kind == JFR_LABEL_CLASS || is_text ||
	       (type->is_simple && type->field_count == 1 &&
		str_eq(jfr_metadata_type_name(m, &m->fields[type->first_field]),
		       STR("java.lang.String")));
}

static void choose_labels(struct jfr_event_type *e, const struct jfr_metadata *m,
			  const struct jfr_type *type, struct str names[JFR_SLOTS_MAX])
{
	for (uint32_t i = 0; i < type->field_count; i++) {
		struct jfr_event_label label;
		const struct jfr_field *f = &m->fields[type->first_field + i];
		if (e->label_count == JFR_LABELS_MAX || !label_kind(m, f, &label))
			continue;
		names[JFR_EVENT_LABELS + e->label_count] = f->name;
		e->labels[e->label_count++] = label;
	}
}

/* Roles */

static const struct fact *find_fact(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (str_eq(facts[i].name, name))
			return &facts[i];
	return NULL;
}

static bool has_stack(const struct jfr_metadata *m, const struct jfr_type *type)
{
	const struct jfr_field *f = jfr_metadata_field(m, type, STR("stackTrace"));
	return f && f->is_constant && !f->is_array &&
	       str_eq(jfr_metadata_type_name(m, f), STR("jdk.types.StackTrace"));
}

bool jfr_events_know(struct jfr_event_type *e, const struct jfr_metadata *m, uint32_t number,
		     const char **why)
{
	const struct jfr_type *type = &m->types[number];
	const struct fact *fact = find_fact(type->name);
	struct str names[JFR_SLOTS_MAX] = {
		[JFR_EVENT_START] = STR("startTime"),
		[JFR_EVENT_STACK] = STR("stackTrace"),
		[JFR_EVENT_THREAD] = STR("eventThread"),
		[JFR_EVENT_SAMPLED_THREAD] = STR("sampledThread"),
	};
	*e = (struct jfr_event_type){ 0 };
	if (fact) {
		e->role = fact->role;
		return jfr_layout_make(&e->layout, m, number, fact->fields,
				       ARRAY_SIZE(fact->fields), why);
	}
	if (!has_stack(m, type))
		return true;
	choose_value(e, m, type, names);
	choose_labels(e, m, type, names);
	return jfr_layout_make(&e->layout, m, number, names, JFR_SLOTS_MAX, why);
}
