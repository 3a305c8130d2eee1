"""Words of reminders (portal/sales/reminder*)."""

from portal.web.terms.marks import N_

MESSAGES = {
    "reminder-days-rise": N_("This tone comes after the softer one: write more than %(days)s days."),
    "reminder-none-active": N_("Use at least one tone, or switch reminders off above."),
    "reminder-nobody": N_("%(name)s has nobody who signs in and no e-mail address. Please call."),
    "reminder-nothing-due": N_("Nothing is due there any more: paid, on hold, or written to in the last days."),
}
LABELS = {
    ("noun", "reminder_letter"): N_("Reminders"),
    ("reminder_letter", "tone"): N_("Tone"),
    ("reminder_plan", "is_on"): N_("Send reminders"),
    ("reminder_plan", "is_weekdays"): N_("From Monday to Friday only"),
    ("reminder_plan", "least"): N_("Let be what is smaller than"),
    ("reminder_plan", "days_1"): N_("Days after the due date"),
    ("reminder_plan", "days_2"): N_("Days after the due date"),
    ("reminder_plan", "days_3"): N_("Days after the due date"),
    ("reminder_plan", "is_active_1"): N_("Send this letter"),
    ("reminder_plan", "is_active_2"): N_("Send this letter"),
    ("reminder_plan", "is_active_3"): N_("Send this letter"),
    ("reminder_letter", "number"): N_("Number"),
    ("reminder_letter", "account"): N_("Account"),
    ("reminder_letter", "sent_on"): N_("Sent"),
    ("reminder_letter", "invoices"): N_("Invoices"),
    ("reminder_letter", "sums"): N_("Open in all"),
    ("reminder_letter", "by_name"): N_("Sent by"),
    ("reminder_letter", "lines"): N_("Invoices"),
    ("reminder_hold", "until"): N_("Until and with"),
    ("reminder_hold", "reason"): N_("Why?"),
}
WORDS = {
    ("reminder_letter", "tone", "friendly"): N_("friendly"),
    ("reminder_letter", "tone", "firm"): N_("firm"),
    ("reminder_letter", "tone", "final"): N_("final"),
}
EVENTS = {
    "reminders.arranged": N_("Reminders were arranged"),
    "reminders.held": N_("Reminders were put on hold"),
    "reminders.released": N_("Reminders go out again"),
    "reminder.sent": N_("A reminder was sent"),
}
