-- How many calls and events met a fault of a share. Outside of transactions, as the draws are.
create sequence sandbox.faults_met;
grant usage, select, update on sequence sandbox.faults_met to carat_app;
grant select on sequence sandbox.fault_draws to carat_app;
