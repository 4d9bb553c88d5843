-- Held out: nobody tunes on it. Tables of the published benchmark specification TPC-E that are about people: each
-- column begins with letters of its table, and no key is declared here but the tables' own. No rows.
CREATE TABLE customer (c_id BIGINT PRIMARY KEY, c_tax_id VARCHAR(20), c_st_id CHAR(4), c_l_name VARCHAR(25), c_f_name VARCHAR(20), c_m_name CHAR(1), c_gndr CHAR(1), c_tier INT, c_dob DATE, c_ad_id BIGINT, c_ctry_1 VARCHAR(3), c_area_1 VARCHAR(3), c_local_1 VARCHAR(10), c_ext_1 VARCHAR(5), c_email_1 VARCHAR(50), c_email_2 VARCHAR(50));
CREATE TABLE customer_account (ca_id BIGINT PRIMARY KEY, ca_b_id BIGINT, ca_c_id BIGINT, ca_name VARCHAR(50), ca_tax_st INT, ca_bal NUMERIC(12,2));
CREATE TABLE account_permission (ap_ca_id BIGINT, ap_acl CHAR(4), ap_tax_id VARCHAR(20), ap_l_name VARCHAR(25), ap_f_name VARCHAR(20), PRIMARY KEY (ap_ca_id, ap_tax_id));
CREATE TABLE broker (b_id BIGINT PRIMARY KEY, b_st_id CHAR(4), b_name VARCHAR(49), b_num_trades INT, b_comm_total NUMERIC(12,2));
CREATE TABLE address (ad_id BIGINT PRIMARY KEY, ad_line1 VARCHAR(80), ad_line2 VARCHAR(80), ad_zc_code VARCHAR(12), ad_ctry VARCHAR(80));
CREATE TABLE zip_code (zc_code VARCHAR(12) PRIMARY KEY, zc_town VARCHAR(80), zc_div VARCHAR(80));
CREATE TABLE status_type (st_id CHAR(4) PRIMARY KEY, st_name CHAR(10));
CREATE TABLE trade_type (tt_id CHAR(3) PRIMARY KEY, tt_name CHAR(12), tt_is_sell INT, tt_is_mrkt INT);
CREATE TABLE trade (t_id BIGINT PRIMARY KEY, t_dts TIMESTAMP, t_st_id CHAR(4), t_tt_id CHAR(3), t_is_cash INT, t_s_symb CHAR(15), t_qty INT, t_bid_price NUMERIC(8,2), t_ca_id BIGINT, t_exec_name VARCHAR(49), t_chrg NUMERIC(10,2), t_comm NUMERIC(10,2));
CREATE TABLE trade_history (th_t_id BIGINT, th_dts TIMESTAMP, th_st_id CHAR(4), PRIMARY KEY (th_t_id, th_st_id));
CREATE TABLE cash_transaction (ct_t_id BIGINT PRIMARY KEY, ct_dts TIMESTAMP, ct_amt NUMERIC(10,2), ct_name VARCHAR(100));
CREATE TABLE watch_list (wl_id BIGINT PRIMARY KEY, wl_c_id BIGINT);
CREATE TABLE watch_item (wi_wl_id BIGINT, wi_s_symb CHAR(15), PRIMARY KEY (wi_wl_id, wi_s_symb));
