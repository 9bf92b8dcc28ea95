"""The parts of the page of enrolment (F2)."""
