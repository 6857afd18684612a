"""What every alert rule should do, as rows: fires, holds back, escalates, clears."""
