"""Personal data: what is past its time goes, and a person is told and erased."""
