"""Reading codes: pictures and cameras (``decoder``, ``camera``) and keyboard-wedge readers (``keyboard_wedge``)."""
